/*
 * fetch.c - ADD https://...: a file that comes from outside before its step
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

/* The last part of the address's path. */
static char *
file_name(const char *url)
{
	const char *path = strstr(url, "://");
	cleanup_free char *clean = NULL;

	path = path != NULL ? strchr(path + 3, '/') : NULL;
	if (path == NULL)
		return xstrdup("__unnamed__");
	clean = xstrndup(path, strcspn(path, "?#"));
	const char *base = path_base(clean);
	return xstrdup(path_is_name(base) ? base : "__unnamed__");
}

static int
fetch(struct builder *b, struct build_step *s, const char *url, struct err *err)
{
	cleanup_free char *name = file_name(url);
	const char *sum = s->checksum != NULL ? str_after(s->checksum, "sha256:") : NULL;
	int fd = -1;

	if (b->spec->fetch(b->spec->fetch_user, url, NULL, &fd, err) < 0 ||
	    build_tree_add_fetched(&s->tree, name, fd, err) < 0)
		return -1;
	const char *got = s->tree.v[s->tree.len - 1].digest;
	if (sum != NULL && !str_eq(sum, got))
		return err_set(
		    err, ERR_CORRUPT, "digest mismatch sha256:%s: sha256:%s", got, sum);
	return 0;
}

int
build_add_url(struct builder *b, struct build_step *s, const char *url, struct err *err)
{
	struct build_vertex v = build_start(b, s->title);

	b->where = s->in->lines;
	b->where_fixed = true;
	if (b->spec->fetch == NULL) {
		err_set(err, ERR_UNSUPPORTED, "nothing can be fetched here");
		return build_fail(b, &v, err);
	}
	if (fetch(b, s, url, err) < 0) {
		build_fail(b, &v, err);
		return err_while(err, "failed to load cache key");
	}
	b->where_fixed = false;
	build_end(b, &v, BUILD_DONE);
	return 0;
}
