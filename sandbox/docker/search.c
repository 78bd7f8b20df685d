/*
 * search.c - docker search, docker manifest inspect: looking at a registry
 */
#include "sandbox/docker/remote.h"
#include <stdlib.h>

/* ---- search ---------------------------------------------------------------------------
 */

static const struct format_field fields[] = {
    {"Name", "NAME"},
    {"Description", "DESCRIPTION"},
    {"StarCount", "STARS"},
    {"IsOfficial", "OFFICIAL"},
    {"IsAutomated", "AUTOMATED"},
    {NULL, NULL},
};

static const struct format_spec table = {
    .type = "*formatter.searchContext",
    .table = "table {{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}",
    .quiet = "{{.Name}}",
    .fields = fields,
};

enum { DESCRIPTION = 45, LIMIT_MAX = 100 };

static json_t *
make_row(const json_t *found, bool no_trunc)
{
	cleanup_free char *text = xstrdup(json_get_str(found, "description", ""));
	char stars[24];

	for (char *p = text; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	if (!no_trunc && strlen(text) > DESCRIPTION) {
		cleanup_free char *cut = xasprintf("%.*s…", DESCRIPTION - 1, text);

		str_copy(text, strlen(text) + 1, cut);
	}
	snprintf(stars, sizeof stars, "%lld", json_get_int(found, "star_count", 0));
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "Name",
	    json_get_str(found, "name", ""), "Description", text, "StarCount", stars,
	    "IsOfficial", json_get_bool(found, "is_official", false) ? "[OK]" : "",
	    "IsAutomated", "");
}

static bool
passes(const struct opts *o, const json_t *found)
{
	const char *v, *value;
	uint64_t stars;
	bool on;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;) {
		if ((value = str_after(v, "stars=")) != NULL &&
		    str_to_u64(value, INT32_MAX, &stars) &&
		    json_get_int(found, "star_count", 0) < (long long)stars)
			return false;
		if ((value = str_after(v, "is-official=")) != NULL &&
		    opts_parse_bool(value, &on) &&
		    json_get_bool(found, "is_official", false) != on)
			return false;
	}
	return true;
}

int
docker_search(struct docker *d)
{
	static const char *const known[] = {"is-automated", "is-official", "stars", NULL};
	const struct opts *o = &d->opts;
	cleanup_registry struct registry *r = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	cleanup_format struct format *f = NULL;
	cleanup_json json_t *results = NULL;
	struct err err = ERR_INIT;
	const json_t *found;
	size_t i;

	f = format_open(&table, opts_str(o, "format"), false, &err);
	if (f == NULL)
		return docker_failed(&err);
	if (docker_filter_check(o, known, &err) < 0 ||
	    remote_open(d, "docker.io", NULL, &r, &err) < 0 ||
	    (results = registry_search(r, o->args[0], (int)opts_int(o, "limit"), &err)) ==
		NULL)
		return docker_refused(&err);
	json_array_foreach(results, i, found)
	{
		if (passes(o, found) &&
		    format_row(f, make_row(found, opts_on(o, "no-trunc")), &err) < 0)
			return docker_failed(&err);
	}
	format_finish(f, &out);
	return docker_print(&out);
}

/* ---- manifest inspect -----------------------------------------------------------------
 */

int
docker_manifest_inspect(struct docker *d)
{
	cleanup_image_ref struct image_ref ref = IMAGE_REF_INIT;
	cleanup_registry struct registry *r = NULL;
	cleanup_registry_manifest struct registry_manifest m = REGISTRY_MANIFEST_INIT;
	cleanup_json json_t *j = NULL;
	cleanup_buf struct buf out = BUF_INIT(BUF_OURS);
	const char *name = d->opts.args[d->opts.nargs - 1];
	struct err err = ERR_INIT;

	if (image_ref_parse_tagged(name, &ref, &err) < 0)
		return docker_failed(&err);
	if (docker_session(d, &err) == NULL ||
	    remote_open(d, ref.domain, NULL, &r, &err) < 0)
		return docker_failed(&err);
	if (registry_manifest_get(
		r, ref.path, ref.digest != NULL ? ref.digest : ref.tag, &m, &err) < 0) {
		cleanup_free char *key = image_ref_canonical(&ref);

		if (err.kind == ERR_NOT_FOUND) {
			fprintf(stderr, "no such manifest: %s\n", key);
			return 1;
		}
		return docker_failed(&err);
	}
	j = json_loadb(m.bytes.s, m.bytes.len, 0, NULL);
	json_add_tabbed(&out, j);
	buf_addc(&out, '\n');
	return docker_print(&out);
}
