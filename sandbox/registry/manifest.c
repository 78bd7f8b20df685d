/*
 * manifest.c - manifests, tags and search: the small answers
 */
#include "sandbox/base/hash.h"
#include "sandbox/registry/private.h"
#include <stdlib.h>

#define ACCEPT \
	IMAGE_TYPE_OCI_INDEX ", " IMAGE_TYPE_DOCKER_LIST ", " IMAGE_TYPE_OCI_MANIFEST \
			     ", " IMAGE_TYPE_DOCKER_MANIFEST

enum { TAG_PAGES_MAX = 1000 };

void
registry_manifest_done(struct registry_manifest *m)
{
	free(m->type);
	buf_done(&m->bytes);
	*m = (struct registry_manifest)REGISTRY_MANIFEST_INIT;
}

/* "application/json; charset=utf-8" -> without what follows. */
static char *
plain_type(const char *type)
{
	return type != NULL ? xstrndup(type, strcspn(type, "; ")) : xstrdup("");
}

int
registry_manifest_get(struct registry *r, const char *name, const char *reference,
    struct registry_manifest *ret, struct err *err)
{
	static const int fine[] = {HTTP_OK, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *url = xasprintf("/v2/%s/manifests/%s", name, reference);
	cleanup_free char *scope = xasprintf("repository:%s:pull", name);
	struct http_request q = {.method = "GET", .url = url, .accept = ACCEPT};
	char hex[HASH_HEX + 1];

	registry_manifest_done(ret);
	if (registry_send(r, &q, scope, fine, &reply, err) < 0)
		return -1;
	hash_data(reply.body.s, reply.body.len, hex);
	snprintf(ret->digest, sizeof ret->digest, "sha256:%s", hex);
	if (image_is_digest(reference) && !str_eq(reference, ret->digest))
		return err_set(err, ERR_CORRUPT,
		    "manifest verification failed for digest %s", reference);
	ret->type = plain_type(reply.type);
	buf_add(&ret->bytes, reply.body.s, reply.body.len);
	return 0;
}

int
registry_manifest_put(struct registry *r, const char *name, const char *reference,
    const char *type, const void *bytes, size_t len, struct err *err)
{
	static const int fine[] = {HTTP_CREATED, HTTP_OK, HTTP_ACCEPTED, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_free char *url = xasprintf("/v2/%s/manifests/%s", name, reference);
	cleanup_free char *scope = xasprintf("repository:%s:pull,push", name);
	struct http_request q = {
	    .method = "PUT", .url = url, .type = type, .data = bytes, .len = len};

	return registry_send(r, &q, scope, fine, &reply, err);
}

static bool
is_index(const struct registry_manifest *m)
{
	cleanup_json json_t *j = json_loadb(m->bytes.s, m->bytes.len, 0, NULL);
	const char *type = json_get_str(j, "mediaType", m->type);

	return str_eq(type, IMAGE_TYPE_OCI_INDEX) ||
	       str_eq(type, IMAGE_TYPE_DOCKER_LIST) ||
	       json_is_array(json_object_get(j, "manifests"));
}

int
registry_manifest_choose(struct registry *r, const char *name,
    struct registry_manifest *m, const char *os, const char *architecture,
    const char *variant, struct err *err)
{
	cleanup_image_index struct image_index index = IMAGE_INDEX_INIT;
	cleanup_registry_manifest struct registry_manifest chosen =
	    REGISTRY_MANIFEST_INIT;
	const struct image_index_entry *e;

	if (!is_index(m))
		return 0;
	if (image_index_decode(m->bytes.s, m->bytes.len, &index, err) < 0)
		return -1;
	e = image_index_choose(&index, os, architecture, variant);
	if (e == NULL)
		return err_set(err, ERR_NOT_FOUND,
		    "no matching manifest for %s/%s%s%s in the manifest list entries", os,
		    architecture, variant != NULL ? "/" : "",
		    variant != NULL ? variant : "");
	if (registry_manifest_get(r, name, e->blob.digest, &chosen, err) < 0)
		return -1;
	registry_manifest_done(m);
	*m = chosen;
	chosen = (struct registry_manifest)REGISTRY_MANIFEST_INIT;
	return 0;
}

/* The address in `</v2/x/tags/list?last=y>; rel="next"`, or NULL.  Gives. */
static char *
next_page(const char *link)
{
	const char *end;

	if (link == NULL || link[0] != '<' || strstr(link, "rel=\"next\"") == NULL)
		return NULL;
	end = strchr(link, '>');
	return end != NULL ? xstrndup(link + 1, (size_t)(end - link) - 1) : NULL;
}

int
registry_tags(struct registry *r, const char *name, struct vec *tags, struct err *err)
{
	static const int fine[] = {HTTP_OK, 0};
	cleanup_free char *url = xasprintf("/v2/%s/tags/list", name);
	cleanup_free char *scope = xasprintf("repository:%s:pull", name);

	for (int page = 0; url != NULL && page < TAG_PAGES_MAX; page++) {
		cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
		cleanup_json json_t *j = NULL;
		struct http_request q = {.method = "GET", .url = url};

		if (registry_send(r, &q, scope, fine, &reply, err) < 0)
			return -1;
		j = json_loadb(reply.body.s, reply.body.len, 0, NULL);
		if (j == NULL)
			return err_set(
			    err, ERR_CORRUPT, "the registry's list of tags is no JSON");
		json_get_vec(j, "tags", tags);
		free(url);
		url = next_page(reply.link);
	}
	for (size_t i = tags->len; i-- > 0;)
		if (!image_is_tag(tags->v[i]))
			vec_remove(tags, i);
	return 0;
}

json_t *
registry_search(struct registry *r, const char *term, int limit, struct err *err)
{
	static const int fine[] = {HTTP_OK, 0};
	cleanup_http_reply struct http_reply reply = HTTP_REPLY_INIT;
	cleanup_buf struct buf url = BUF_INIT(REPLY_MAX);
	cleanup_json json_t *j = NULL;
	struct http_request q = {.method = "GET"};
	json_t *results;

	buf_adds(&url, "/v1/search?q=");
	for (const unsigned char *p = (const unsigned char *)term; *p != '\0'; p++)
		buf_addf(&url, "%%%02X", *p);
	buf_addf(&url, "&n=%d", limit);
	q.url = url.s;
	if (registry_send(r, &q, "", fine, &reply, err) < 0)
		return NULL;
	j = json_loadb(reply.body.s, reply.body.len, 0, NULL);
	results = json_object_get(j, "results");
	if (!json_is_array(results)) {
		err_set(err, ERR_UNSUPPORTED, "%s cannot be searched", r->where.host);
		return NULL;
	}
	return json_incref(results);
}
