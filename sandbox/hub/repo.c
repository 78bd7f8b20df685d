/*
 * repo.c - repositories: one JSON file each
 *
 * Only the server writes; whoever looks reads whole files, since they are replaced by a
 * rename.  A '/' of the name is a '+' in the file's name, which no repository can have.
 */
#include "sandbox/hub/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Distribution's grammar: [a-z0-9]+ joined by ".", "_", "__" or dashes; '/' between. */
bool
repo_name_ok(const char *name)
{
	size_t len = strlen(name);
	bool after_separator = true;

	if (len == 0 || len > NAME_MAX_BYTES)
		return false;
	for (const char *p = name; *p != '\0'; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');

		if (plain) {
			after_separator = false;
			continue;
		}
		if (strchr("._-/", *p) == NULL)
			return false;
		/* "__" and "---" are one separator */
		if (after_separator &&
		    !(p > name && p[-1] == *p && *p != '/' && *p != '.'))
			return false;
		after_separator = true;
	}
	return !after_separator;
}

char *
repo_file(const char *name)
{
	char *file = xasprintf("repos/%s.json", name);

	for (char *p = file + strlen("repos/"); *p != '\0'; p++)
		if (*p == '/')
			*p = '+';
	return file;
}

static json_t *
new_record(void)
{
	return json_pack(
	    "{s:{}, s:{}, s:{}, s:i}", "tags", "manifests", "blobs", "pulls", 0);
}

json_t *
hub_repository(int dir, const char *name, struct err *err)
{
	cleanup_free char *file = repo_file(name);
	json_t *j;

	if (!repo_name_ok(name))
		return new_record();
	if (faccessat(dir, file, F_OK, 0) < 0)
		return new_record();
	j = json_read_file(dir, file, err);
	if (j == NULL || (json_is_object(json_object_get(j, "tags")) &&
			     json_is_object(json_object_get(j, "manifests")) &&
			     json_is_object(json_object_get(j, "blobs"))))
		return j;
	json_decref(j);
	err_set(err, ERR_CORRUPT, "the hub's record of '%s' is damaged", name);
	return NULL;
}

int
hub_repositories(int dir, struct vec *names, struct err *err)
{
	int fd = openat(dir, "repos", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (d == NULL)
		return errno == ENOENT ? 0 : err_sys(err, "cannot read the hub's folder");
	while ((e = readdir(d)) != NULL) {
		cleanup_free char *name = NULL;

		if (!str_ends(e->d_name, ".json"))
			continue;
		name = xstrndup(e->d_name, strlen(e->d_name) - strlen(".json"));
		for (char *p = name; *p != '\0'; p++)
			if (*p == '+')
				*p = '/';
		if (repo_name_ok(name))
			vec_add(names, name);
	}
	vec_sort(names);
	return 0;
}

json_t *
repo_load(struct hub *h, const char *name)
{
	struct err ignored = ERR_INIT;
	json_t *j = hub_repository(h->dir, name, &ignored);

	return j != NULL ? j : new_record();
}

int
repo_save(struct hub *h, const char *name, const json_t *repo, struct err *err)
{
	cleanup_free char *file = repo_file(name);

	if (fd_mkdirs(h->dir, "repos", 0700, err) < 0)
		return -1;
	return json_write_file(h->dir, file, repo, 0600, err);
}

bool
repo_exists(struct hub *h, const char *name)
{
	cleanup_free char *file = repo_file(name);

	return repo_name_ok(name) && faccessat(h->dir, file, F_OK, 0) == 0;
}

const char *
repo_resolve(const json_t *repo, const char *reference)
{
	const char *hex = image_digest_hex(reference);

	if (hex == NULL)
		return json_get_str(json_object_get(repo, "tags"), reference, NULL);
	return json_object_get(json_object_get(repo, "manifests"), hex) != NULL ? hex
										: NULL;
}
