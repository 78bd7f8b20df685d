/*
 * cache_filter.c - --filter of docker buildx du and prune
 *
 * buildx turns "id=x" into BuildKit's "id~=x" and every other field into "field==value";
 * fields that are only there or not (inuse, shared, ...) have no value to compare.
 *
 * Facts: buildx, commands/prune.go; BuildKit, cache/manager.go (adaptUsageInfo).
 */
#include "sandbox/docker/cache_records.h"
#include <regex.h>

void
cache_filter_done(struct cache_filter *f)
{
	vec_done(&f->fields);
}

static int
read_until(struct cache_filter *f, const struct vec *until, const struct vec *unused,
    struct err *err)
{
	const struct vec *v = unused->len > 0 ? unused : until;
	const char *name = unused->len > 0 ? "unused-for" : "until";

	if (until->len > 0 && unused->len > 0)
		return err_set(
		    err, ERR_INPUT, "conflicting filters \"until\" and \"unused-for\"");
	if (v->len > 1)
		return err_set(err, ERR_INPUT, "filters expect only one value");
	if (v->len == 1 && opts_duration(v->v[0], &f->unused_for, err) < 0) {
		struct err why = *err;

		return err_set(err, ERR_INPUT,
		    "\"%s\" filter expects a duration (e.g., '24h'): %.1000s", name,
		    why.text);
	}
	return 0;
}

int
cache_filter_read(struct cache_filter *f, const struct opts *o, struct err *err)
{
	cleanup_vec struct vec until = VEC_INIT, unused = VEC_INIT;
	const char *v, *rest;

	for (size_t i = 0; (v = opts_next(o, "filter", &i)) != NULL;) {
		size_t n = strcspn(v, "=");

		if ((rest = str_after(v, "until=")) != NULL) {
			vec_add(&until, rest);
		} else if ((rest = str_after(v, "unused-for=")) != NULL) {
			vec_add(&unused, rest);
		} else {
			cleanup_free char *name = xstrndup(v, n);

			for (size_t k = 0; k < f->fields.len; k += 2)
				if (str_eq(f->fields.v[k], name) &&
				    !str_eq(f->fields.v[k + 1], v + n + 1))
					return err_set(err, ERR_INPUT,
					    "filters expect only one value");
			vec_add(&f->fields, name);
			vec_add(&f->fields, v[n] == '=' ? v + n + 1 : "");
		}
	}
	return read_until(f, &until, &unused, err);
}

/* BuildKit's value of a field; NULL: the record has none. */
static const char *
field(const struct cache_record *r, const char *name)
{
	bool folder = r->chain[0] == '\0';

	if (str_eq(name, "id"))
		return r->id;
	if (str_eq(name, "description"))
		return r->what != NULL ? r->what : "";
	if (str_eq(name, "type"))
		return cache_record_type(r);
	if ((str_eq(name, "inuse") && r->in_use) || (str_eq(name, "mutable") && folder) ||
	    (str_eq(name, "immutable") && !folder) ||
	    (str_eq(name, "shared") && r->shared) ||
	    (str_eq(name, "private") && !r->shared))
		return "";
	return NULL;
}

static bool
matches(const char *text, const char *pattern)
{
	regex_t r;
	bool found;

	if (regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	found = regexec(&r, text, 0, NULL, 0) == 0;
	regfree(&r);
	return found;
}

bool
cache_filter_fits(const struct cache_filter *f, const struct cache_record *r)
{
	for (size_t i = 0; i + 1 < f->fields.len; i += 2) {
		const char *name = f->fields.v[i], *want = f->fields.v[i + 1];
		const char *is = field(r, name);

		if (is == NULL ||
		    !(str_eq(name, "id") ? matches(is, want) : str_eq(is, want)))
			return false;
	}
	return f->unused_for == 0 || clock_now() - r->used > f->unused_for;
}
