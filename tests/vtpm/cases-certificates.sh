# SPDX-License-Identifier: MIT
# The certificates that the vTPM keeps in its NV, as tpm2-tools and openssl see them.
# Sourced by run-identity on a desk and by tests/tpm/tools in a guest, after cases.sh;
# NOT_BEFORE is what certificates begin with, in openssl's words.

begin "the issuing key's certificate: a CA that may have no other CA below it"
read_certificate 0x1c00100 issuer
run openssl x509 -in issuer.pem -noout -text
wants_text "CA:TRUE, pathlen:0"
wants_text "Certificate Sign"
wants_text "Public-Key: (256 bit)"
works openssl verify -CAfile issuer.pem issuer.pem
end

for entry in "${KEYS[@]}"; do
	read -r name handle index <<<"$entry"
	begin "certificate of $name: of this key, by this issuer, by TCG's profile"
	read_certificate "$index" "$name"
	wants_equal "its key" "$(public_of "$handle")" "$(certified "$name")"
	works openssl verify -x509_strict -CAfile issuer.pem "$name.pem"
	works openssl x509 -in "$name.pem" -noout -text
	grep -q "Subject: *$" out || WRONG+=("the subject is not empty")
	wants_text "X509v3 Subject Alternative Name: critical"
	wants_text "2.23.133.2.1=id:49424D00"
	wants_text "2.23.133.2.2=Nacre vTPM"
	wants_text "2.23.133.2.3=id:"
	wants_text "Not Before: $NOT_BEFORE"
	wants_text "Not After : Dec 31 23:59:59 9999 GMT"
	wants_text "CA:FALSE"
	case $name in
	ak) wants_text "2.23.133.8.3" && wants_text "Digital Signature" ;;
	rsa*) wants_text "2.23.133.8.1" && wants_text "Key Encipherment" ;;
	*) wants_text "2.23.133.8.1" && wants_text "Key Agreement" ;;
	esac
	end
done
