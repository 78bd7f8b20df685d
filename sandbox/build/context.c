/*
 * context.c - the files of the context that the steps will need
 *
 * As in BuildKit only what some step names is looked at, before the first step runs:
 * a name that is not there fails the build at once, not after half an hour.
 */
#include "sandbox/build/private.h"
#include <fcntl.h>
#include <stdlib.h>

/* What BuildKit's client sends of a file: its description, about this long. */
enum { STAT_BYTES = 27 };

static struct build_statcache *
open_statcache(struct builder *b)
{
	if (b->spec->context < 0)
		return NULL;
	cleanup_fd int dir = openat(
	    store_home_dir(b->store), "store/cache", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir >= 0 ? build_statcache_open(take_fd(&dir), b->spec->context) : NULL;
}

int
build_excludes(const struct dockerfile_instr *in, struct ignore **ret, struct err *err)
{
	cleanup_vec struct vec patterns = VEC_INIT;

	*ret = NULL;
	for (size_t i = 0; i < in->n_flags; i++)
		if (str_eq(in->flags[i].name, "exclude"))
			vec_add(&patterns, in->flags[i].value);
	if (patterns.len == 0)
		return 0;
	*ret = ignore_from(&patterns, err);
	return *ret != NULL ? 0 : -1;
}

static void
count_bytes(struct builder *b, const struct build_tree *t)
{
	b->context_bytes += t->read;
	for (size_t k = 0; k < t->len; k++)
		b->context_bytes += STAT_BYTES + (int64_t)strlen(t->v[k].path);
}

/* ADD unpacks archives unless --unpack=false. */
static bool
unpacks(const struct dockerfile_instr *in)
{
	return in->kind == DOCKERFILE_ADD && (dockerfile_flag(in, "unpack") == NULL ||
						 dockerfile_flag_on(in, "unpack"));
}

/* Is any source a file of the context, not an address or a here-document? */
static bool
names_files(const struct build_step *s)
{
	for (size_t i = 0; i + 1 < s->words.len; i++)
		if (!dockerfile_is_url(s->words.v[i]))
			return true;
	return false;
}

static int
load_step(struct builder *b, struct build_step *s, struct build_statcache *cache,
    struct err *err)
{
	cleanup_ignore struct ignore *exclude = NULL;
	struct build_root root = {.fd = b->spec->context,
	    .ignore = b->ignore,
	    .cache = cache,
	    .sent = true,
	    .unpack = unpacks(s->in),
	    .parents = dockerfile_flag_on(s->in, "parents")};

	if (build_excludes(s->in, &exclude, err) < 0)
		return -1;
	root.exclude = exclude;
	for (size_t i = 0; i + 1 < s->words.len; i++) {
		struct err why = ERR_INIT;
		if (dockerfile_is_url(s->words.v[i])) {
			if (build_add_url(b, s, s->words.v[i], err) < 0)
				return -1;
			continue;
		}
		if (build_tree_add(&s->tree, &root, s->words.v[i], &why) == 0)
			continue;
		if (why.kind != ERR_NOT_FOUND) {
			*err = why;
			return -1;
		}
		s->missing = xstrdup(why.text);
		return 0;
	}
	build_tree_digest(&s->tree, false, s->digest);
	return 0;
}

/* The files of a RUN's mounts. */
static int
load_mounts(struct builder *b, struct build_step *s, struct build_statcache *cache,
    struct err *err)
{
	const struct build_root root = {
	    .fd = b->spec->context, .ignore = b->ignore, .cache = cache, .sent = true};

	for (size_t i = 0; i < s->nmounts; i++) {
		struct build_mount *m = &s->mounts[i];
		struct err why = ERR_INIT;
		if (!build_mount_takes_context(m))
			continue;
		b->context_used = true;
		if (build_tree_add(&m->tree, &root, m->source, &why) == 0) {
			build_tree_digest(&m->tree, false, m->digest);
			count_bytes(b, &m->tree);
			continue;
		}
		if (why.kind != ERR_NOT_FOUND) {
			*err = why;
			return -1;
		}
		s->missing = xstrdup(why.text);
		return 0;
	}
	return 0;
}

static bool
takes_context(const struct build_step *s)
{
	enum dockerfile_kind kind = s->in->kind;

	return (kind == DOCKERFILE_COPY || kind == DOCKERFILE_ADD) && s->from_stage < 0 &&
	       s->from_image == NULL;
}

static int
load_steps(struct builder *b, struct build_stage *st, struct build_statcache *cache,
    struct err *err)
{
	for (size_t i = 0; i < st->nsteps; i++) {
		struct build_step *s = &st->steps[i];
		b->where = s->in->lines;
		if (load_mounts(b, s, cache, err) < 0)
			return -1;
		if (!takes_context(s))
			continue;
		b->context_used |= names_files(s);
		if (load_step(b, s, cache, err) < 0)
			return -1;
		count_bytes(b, &s->tree);
	}
	return 0;
}

int
build_load_context(struct builder *b, struct err *err)
{
	struct build_statcache *cache = open_statcache(b);
	int64_t start = clock_mono();
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < b->nstages; i++)
		if (b->stages[i].needed)
			rc = load_steps(b, &b->stages[i], cache, err);
	build_statcache_close(cache);
	b->context_time = clock_mono() - start;
	if (rc == 0)
		return 0;
	if (b->where_fixed)
		return -1;
	/* the context's fault, not a line's */
	b->where = (struct dockerfile_range){0};
	build_tell_context(b, err);
	return -1;
}

void
build_tell_context(struct builder *b, const struct err *failed)
{
	if (!b->context_used || b->context_told)
		return;
	struct build_vertex v = build_start(b, "[internal] load build context");
	v.start -= b->context_time;
	b->context_told = true;
	build_row(b, &v,
	    "transferring context:", b->context_bytes > 0 ? b->context_bytes : 2,
	    b->context_time, failed == NULL);
	if (failed != NULL)
		build_fail(b, &v, failed);
	else
		build_end(b, &v, BUILD_DONE);
}
