/* SPDX-License-Identifier: MIT */
/*
 * See folder_fixture.h.
 */
#include "tests/unit/unit_test.h"

#include <dirent.h>
#include <unistd.h>

#include "tests/unit/folder_fixture.h"
#include "tools/common/files.h"

static char folder[4096];

void folder_use(const char *path)
{
	assert_true((size_t)snprintf(folder, sizeof(folder), "%s", path) < sizeof(folder));
}

void folder_make(void)
{
	folder_use("/tmp/nacre-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
}

int folder_remove(void)
{
	DIR *directory = opendir(folder);
	struct dirent *entry;

	assert_non_null(directory);
	while ((entry = readdir(directory)))
		unlink(in(entry->d_name)); /* not "." and "..", which are no files */
	closedir(directory);
	return rmdir(folder);
}

const char *in(const char *name)
{
	static char paths[8][sizeof(folder) + 256];
	static unsigned int next;
	char *path = paths[next++ % ARRAY_SIZE(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

void write_file(const char *name, const void *bytes, size_t size)
{
	struct tool_error error;

	if (!file_write(in(name), bytes, size, &error))
		fail_msg("%s: %s", name, error.text);
}

struct blob read_file(const char *path)
{
	struct tool_error error;
	struct blob blob;

	if (!file_read(path, &blob, &error))
		fail_msg("%s: %s", path, error.text);
	return blob;
}
