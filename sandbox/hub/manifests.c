/*
 * manifests.c - manifests, tags, referrers
 *
 * A manifest is kept byte for byte; what it speaks of must be in the repository already.
 */
#include "sandbox/base/hash.h"
#include "sandbox/hub/private.h"
#include <stdlib.h>

static void
unknown(struct request *q)
{
	answer_error(q, 404, "MANIFEST_UNKNOWN", "manifest unknown");
}

void
manifest_get(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	const char *hex = repo_resolve(repo, q->reference);
	const json_t *row;
	struct err err = ERR_INIT;

	if (hex == NULL || !store_has_blob(q->hub->store, hex)) {
		unknown(q);
		return;
	}
	row = json_object_get(json_object_get(repo, "manifests"), hex);
	if (store_read_blob(q->hub->store, hex, &q->answer.body, &err) < 0) {
		answer_fault(q, &err);
		return;
	}
	q->answer.status = 200;
	answer_header(
	    q, "Content-Type", "%s", json_get_str(row, "type", IMAGE_TYPE_OCI_MANIFEST));
	answer_header(q, "Docker-Content-Digest", "sha256:%s", hex);
	answer_header(q, "ETag", "\"sha256:%s\"", hex);
}

/* ---- putting
 * ------------------------------------------------------------------------------ */

/* Are all descriptors of the list among the keys of `there`?  NULL, or the one missing.
 */
static const char *
missing(const json_t *list, const json_t *there)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *digest = json_get_str(one, "digest", "");
		const char *hex = image_digest_hex(digest);

		if (hex == NULL || json_object_get(there, hex) == NULL)
			return digest;
	}
	return NULL;
}

/* true: it may be kept; else it is answered. */
static bool
check(struct request *q, const json_t *m, const json_t *repo)
{
	const json_t *blobs = json_object_get(repo, "blobs");
	const json_t *config = json_object_get(m, "config");
	cleanup_json json_t *single = json_array();
	const char *lacks;

	if (json_get_int(m, "schemaVersion", 0) != 2 ||
	    (config == NULL) == (json_object_get(m, "manifests") == NULL)) {
		answer_error(q, 400, "MANIFEST_INVALID", "manifest invalid");
		return false;
	}
	if (config == NULL)
		lacks = missing(
		    json_object_get(m, "manifests"), json_object_get(repo, "manifests"));
	else {
		json_array_append(single, (json_t *)(uintptr_t)config);
		lacks = missing(single, blobs);
		if (lacks == NULL)
			lacks = missing(json_object_get(m, "layers"), blobs);
	}
	if (lacks == NULL)
		return true;
	answer_error(q, 400,
	    config == NULL ? "MANIFEST_UNKNOWN" : "MANIFEST_BLOB_UNKNOWN",
	    config == NULL ? "manifest unknown" : "blob unknown to registry");
	return false;
}

static json_t *
make_row(struct request *q, const json_t *m)
{
	const char *sent = request_header(q, "Content-Type");
	const char *type = json_get_str(m, "mediaType", sent);
	json_t *row = json_pack("{s:s, s:I, s:I}", "type",
	    type != NULL ? type : IMAGE_TYPE_OCI_MANIFEST, "size",
	    (json_int_t)q->body.len, "pushed", (json_int_t)clock_now());
	const char *subject = json_get_str(json_object_get(m, "subject"), "digest", NULL);

	if (subject != NULL) {
		json_object_set_new(row, "subject", json_string(subject));
		answer_header(q, "OCI-Subject", "%s", subject);
	}
	return row;
}

void
manifest_put(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	cleanup_json json_t *m = json_loadb(q->body.s, q->body.len, 0, NULL);
	const char *wanted = image_digest_hex(q->reference);
	struct err err = ERR_INIT;
	char hex[HASH_HEX + 1];

	if (wanted == NULL && !image_is_tag(q->reference)) {
		answer_error(q, 400, "TAG_INVALID", "manifest tag did not match URI");
		return;
	}
	if (!check(q, m, repo))
		return;
	hash_data(q->body.s, q->body.len, hex);
	if (wanted != NULL && !str_eq(wanted, hex)) {
		answer_error(q, 400, "DIGEST_INVALID",
		    "provided digest did not match uploaded content");
		return;
	}
	json_object_set_new(json_object_get(repo, "manifests"), hex, make_row(q, m));
	if (wanted == NULL)
		json_object_set_new(
		    json_object_get(repo, "tags"), q->reference, json_string(hex));
	cleanup_hold struct store *held = store_hold(q->hub->store, &err);
	if (held == NULL || store_put_blob(held, q->body.s, q->body.len, hex, &err) < 0 ||
	    repo_save(q->hub, q->name, repo, &err) < 0) {
		answer_fault(q, &err);
		return;
	}
	q->answer.status = 201;
	answer_header(q, "Location", "/v2/%s/manifests/sha256:%s", q->name, hex);
	answer_header(q, "Docker-Content-Digest", "sha256:%s", hex);
}

/* By tag the tag goes; by digest the manifest and all its tags. */
void
manifest_delete(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	json_t *tags = json_object_get(repo, "tags"), *value;
	const char *hex = image_digest_hex(q->reference), *tag;
	struct err err = ERR_INIT;
	void *next;
	int rc;

	if (hex == NULL)
		rc = json_object_del(tags, q->reference);
	else {
		rc = json_object_del(json_object_get(repo, "manifests"), hex);
		json_object_foreach_safe(
		    tags, next, tag, value) if (str_eq(json_string_value(value), hex))
		    json_object_del(tags, tag);
	}
	if (rc < 0)
		unknown(q);
	else if (repo_save(q->hub, q->name, repo, &err) < 0)
		answer_fault(q, &err);
	else
		q->answer.status = 202;
}

/* ---- lists
 * -------------------------------------------------------------------------------- */

/* What comes after `last`, at most n; a Link header when there is more. */
static json_t *
page_of(struct request *q, const struct vec *all, const char *path)
{
	const char *last = request_query(q, "last"), *n = request_query(q, "n");
	json_t *page = json_array();
	uint64_t most = all->len;

	if (n != NULL)
		(void)str_to_u64(n, 10000, &most);
	for (size_t i = 0; i < all->len; i++) {
		if (last != NULL && strcmp(all->v[i], last) <= 0)
			continue;
		if (json_array_size(page) == most) {
			if (most > 0)
				answer_header(q, "Link",
				    "<%s?n=%llu&last=%s>; rel=\"next\"", path,
				    (unsigned long long)most, all->v[i - 1]);
			break;
		}
		json_array_append_new(page, json_string(all->v[i]));
	}
	return page;
}

void
tags_list(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	cleanup_vec struct vec tags = VEC_INIT;
	const char *tag;
	json_t *value, *page;

	if (!repo_exists(q->hub, q->name)) {
		answer_error(
		    q, 404, "NAME_UNKNOWN", "repository name not known to registry");
		return;
	}
	json_object_foreach(json_object_get(repo, "tags"), tag, value)
	    vec_add(&tags, tag);
	vec_sort(&tags);
	page = page_of(q, &tags, q->path);
	answer_json(q, 200, json_pack("{s:s, s:o}", "name", q->name, "tags", page));
}

void
catalog_list(struct request *q)
{
	cleanup_vec struct vec names = VEC_INIT;
	struct err err = ERR_INIT;

	if (hub_repositories(q->hub->dir, &names, &err) < 0)
		answer_fault(q, &err);
	else
		answer_json(q, 200,
		    json_pack("{s:o}", "repositories", page_of(q, &names, q->path)));
}

void
referrers_list(struct request *q)
{
	cleanup_json json_t *repo = repo_load(q->hub, q->name);
	json_t *list = json_array(), *row;
	const char *hex;

	json_object_foreach(json_object_get(repo, "manifests"), hex, row)
	{
		cleanup_free char *digest = xasprintf("sha256:%s", hex);

		if (str_eq(json_get_str(row, "subject", ""), q->reference))
			json_array_append_new(
			    list, json_pack("{s:s, s:s, s:I}", "mediaType",
				      json_get_str(row, "type", ""), "digest", digest,
				      "size", (json_int_t)json_get_int(row, "size", 0)));
	}
	answer_json(q, 200,
	    json_pack("{s:i, s:s, s:o}", "schemaVersion", 2, "mediaType",
		IMAGE_TYPE_OCI_INDEX, "manifests", list));
	answer_header(q, "Content-Type", "%s", IMAGE_TYPE_OCI_INDEX);
}

void
search_list(struct request *q)
{
	const char *term = request_query(q, "q");
	cleanup_vec struct vec names = VEC_INIT;
	json_t *results = json_array();
	struct err err = ERR_INIT;

	if (hub_repositories(q->hub->dir, &names, &err) < 0) {
		json_decref(results);
		answer_fault(q, &err);
		return;
	}
	for (size_t i = 0; i < names.len; i++)
		if (term == NULL || strstr(names.v[i], term) != NULL)
			json_array_append_new(results,
			    json_pack("{s:s, s:s, s:i, s:b}", "name", names.v[i],
				"description", "", "star_count", 0, "is_official", 0));
	answer_json(q, 200,
	    json_pack("{s:i, s:o}", "num_results", (int)json_array_size(results),
		"results", results));
}
