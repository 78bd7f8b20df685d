/*
 * route.c - which function answers a path
 *
 * A row is a pattern: {name} is a repository (it may have slashes), {ref} one component.
 */
#include "sandbox/hub/private.h"

static const struct route {
	const char *method, *pattern;
	const char *needs; /* "pull", "push", "delete"; NULL: nobody is asked */
	void (*begin)(struct request *q);
	void (*run)(struct request *q);
} routes[] = {
    {"GET", "/v2/", NULL, NULL, version_check},
    {"GET", "/v2", NULL, NULL, version_check},
    {"GET", "/token", NULL, NULL, token_give},
    {"POST", "/token", NULL, NULL, token_give},
    {"GET", "/v2/_catalog", NULL, NULL, catalog_list},
    {"GET", "/v1/search", NULL, NULL, search_list},
    {"GET", "/v2/{name}/tags/list", "pull", NULL, tags_list},
    {"GET", "/v2/{name}/referrers/{ref}", "pull", NULL, referrers_list},
    {"GET", "/v2/{name}/manifests/{ref}", "pull", NULL, manifest_get},
    {"PUT", "/v2/{name}/manifests/{ref}", "push", NULL, manifest_put},
    {"DELETE", "/v2/{name}/manifests/{ref}", "delete", NULL, manifest_delete},
    {"POST", "/v2/{name}/blobs/uploads/", "push", NULL, upload_start},
    {"POST", "/v2/{name}/blobs/uploads", "push", NULL, upload_start},
    {"PATCH", "/v2/{name}/blobs/uploads/{ref}", "push", upload_patch_begin, upload_patch},
    {"PUT", "/v2/{name}/blobs/uploads/{ref}", "push", upload_patch_begin, upload_finish},
    {"GET", "/v2/{name}/blobs/uploads/{ref}", "push", NULL, upload_state},
    {"DELETE", "/v2/{name}/blobs/uploads/{ref}", "push", NULL, upload_cancel},
    {"GET", "/v2/{name}/blobs/{ref}", "pull", NULL, blob_get},
    {"DELETE", "/v2/{name}/blobs/{ref}", "delete", NULL, blob_delete},
    {"GET", "/", NULL, NULL, page_front},
    {"GET", "/r/{name}", NULL, NULL, page_repository},
    {"GET", "/signup", NULL, NULL, page_signup},
    {"POST", "/signup", NULL, NULL, page_signed_up},
};

static bool
keep(char out[NAME_MAX_BYTES + 1], const char *from, size_t len)
{
	if (len == 0 || len > NAME_MAX_BYTES)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

/* {name} takes all up to where the rest of the pattern fits at the path's end. */
static bool
fits(struct request *q, const char *pattern, const char *path)
{
	const char *brace = strchr(pattern, '{'), *rest;
	size_t fixed = brace != NULL ? (size_t)(brace - pattern) : strlen(pattern), tail;

	if (strncmp(pattern, path, fixed) != 0)
		return false;
	path += fixed;
	if (brace == NULL)
		return *path == '\0';
	if (str_starts(brace, "{ref}"))
		return strchr(path, '/') == NULL &&
		       keep(q->reference, path, strlen(path));
	rest = brace + strlen("{name}");
	brace = strchr(rest, '{');
	tail = brace != NULL ? (size_t)(brace - rest) : strlen(rest);
	for (const char *p = path + 1; *path != '\0' && *p != '\0'; p++) {
		if (tail == 0 || strncmp(p, rest, tail) != 0)
			continue;
		if (fits(q, rest, p))
			return keep(q->name, path, (size_t)(p - path));
	}
	return *rest == '\0' && keep(q->name, path, strlen(path));
}

static const struct route *
find(struct request *q, bool *known_path)
{
	const char *method = q->is_head ? "GET" : q->method;

	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		q->name[0] = q->reference[0] = '\0';
		if (!fits(q, routes[i].pattern, q->path))
			continue;
		*known_path = true;
		if (str_eq(routes[i].method, method))
			return &routes[i];
	}
	return NULL;
}

void
route_begin(struct request *q)
{
	bool known = false;
	const struct route *r = find(q, &known);

	if (r == NULL) {
		answer_error(q, known ? 405 : 404, "UNSUPPORTED",
		    known ? "The operation is unsupported." : "page not found");
		return;
	}
	if (q->name[0] != '\0' && !repo_name_ok(q->name)) {
		answer_error(q, 400, "NAME_INVALID", "invalid repository name");
		return;
	}
	if (r->needs != NULL && !token_allows(q, r->needs))
		return;
	if (r->begin != NULL)
		r->begin(q);
}

void
route_end(struct request *q)
{
	bool known = false;
	const struct route *r = find(q, &known);

	if (r != NULL)
		r->run(q);
}
