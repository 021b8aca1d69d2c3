/* SPDX-License-Identifier: MIT */
/*
 * The verdict as JSON: all that the table has, under fixed names.
 */
#include "output.h"
#include "verify.h"

static const char *const result_words[] = {
	[CHECK_HOLDS] = "ok", [CHECK_REFUSED] = "refused", [CHECK_NOT_DONE] = "not-checked"};

/* Null for no text, and for one that is no UTF-8: file names can be. */
static json_t *text_json(const char *text)
{
	json_t *json = text ? json_string(text) : NULL;

	return json ? json : json_null();
}

static json_t *row_json(const struct check *row)
{
	json_t *json = json_object();

	json_object_set_new(json, "check", json_string(check_info(row->id)->name));
	json_object_set_new(json, "verdict", json_string(result_words[row->result]));
	json_object_set_new(json, "found", text_json(row->found));
	json_object_set_new(json, "expected", text_json(row->expected));
	json_object_set_new(json, "remark", text_json(row->remark));
	return json;
}

json_t *output_json(const struct checks *checks, const struct output_facts *facts)
{
	json_t *json = json_object(), *rows = json_array();
	char when[VERIFY_TIME_SIZE];

	for (size_t i = 0; i < checks->count; i++)
		json_array_append_new(rows, row_json(&checks->rows[i]));
	json_object_set_new(
		json, "verdict", json_string(checks_accepted(checks) ? "accepted" : "refused"));
	json_object_set_new(
		json, "refused", json_integer((json_int_t)checks_count(checks, CHECK_REFUSED)));
	json_object_set_new(json, "not_checked",
		json_integer((json_int_t)checks_count(checks, CHECK_NOT_DONE)));
	json_object_set_new(json, "report", text_json(facts->report));
	json_object_set_new(json, "time", json_string(verify_time_text(facts->time, when)));
	json_object_set_new(json, "amd_root", json_boolean(checks->amd_root));
	json_object_set_new(json, "policy_sha256", text_json(facts->policy_sha256));
	json_object_set_new(json, "checks", rows);
	return json;
}
