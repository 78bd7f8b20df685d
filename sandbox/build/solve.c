/*
 * solve.c - each step comes from the cache or is done
 *
 * A step's key is made of the layers below it, the words of its instruction and the
 * content that it takes; never of times.  COPY --from has two keys: a quick one by the
 * layers of the stage that it reads, and one by the content, which still holds when that
 * stage was built anew with the same result.
 *
 * Facts: BuildKit's solver and contenthash; which vertices are shown as CACHED is from
 * engine 26.1's transcripts.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

enum { KEY = HASH_HEX + 1, REF_TAIL = 25 };

/* What the cache knows of a layer. */
struct made {
	struct store_layer layer;
	int64_t created;
};

/* ---- keys
 * ------------------------------------------------------------------------------ */

static void
add_field(struct hash *h, const char *s)
{
	/* with its NUL: two lists of fields never read the same */
	hash_add(h, s != NULL ? s : "", (s != NULL ? strlen(s) : 0) + 1);
}

static void
add_list(struct hash *h, const struct vec *list, const struct vec *without)
{
	for (size_t i = 0; i < list->len; i++) {
		const char *eq = strchr(list->v[i], '=');
		cleanup_free char *name =
		    eq != NULL ? xstrndup(list->v[i], (size_t)(eq - list->v[i])) : NULL;
		if (name == NULL || without == NULL || !vec_has(without, name))
			add_field(h, list->v[i]);
	}
	add_field(h, "");
}

/* content: what COPY takes, as a digest. */
static void
add_mount(const struct builder *b, struct hash *h, const struct build_mount *m)
{
	const struct vec *from = build_mount_chains(b, m);
	cleanup_free char *numbers = xasprintf("%d %d %d %d %o %u:%u", m->kind,
	    m->sharing, m->writable, m->required, m->mode, m->uid, m->gid);

	/* what a secret or a cache holds is no part of the key */
	add_field(h, numbers);
	add_field(h, m->target);
	add_field(h, m->source);
	add_field(h, m->id);
	add_field(h, m->env);
	add_field(h, m->size);
	add_field(h, m->digest);
	add_field(h, from == NULL ? "-" : from->len > 0 ? from->v[0] : "");
}

static void
step_key(const struct builder *b, const struct build_step *s, const char *parent,
    const char *content, char key[KEY])
{
	struct hash *h = hash_new();

	add_field(h, "drydock build 1");
	add_field(h, parent);
	add_field(h, dockerfile_row(s->in->kind)->name);
	add_list(h, &s->words, NULL);
	add_field(h, s->user);
	if (b->spec->epoch >= 0) {
		cleanup_free char *epoch = xasprintf("%lld", (long long)b->spec->epoch);
		add_field(h, epoch);
	}
	if (s->in->kind == DOCKERFILE_RUN) {
		add_field(h, s->cwd);
		add_list(h, &s->env, &s->secret);
		add_field(h, s->script != NULL ? s->script->content : "");
		if (!str_eq(s->network, "default"))
			add_field(h, s->network);
		for (size_t i = 0; i < s->nmounts; i++)
			add_mount(b, h, &s->mounts[i]);
	} else if (s->in->kind != DOCKERFILE_WORKDIR) {
		add_field(h, s->chown);
		add_field(h, s->chmod);
		add_field(h, content);
		if (build_is_linked(s))
			add_field(h, "link");
	}
	hash_hex(h, key);
}

static void
named_key(const char *what, const char *name, char key[KEY])
{
	struct hash *h = hash_new();

	add_field(h, what);
	add_field(h, name);
	hash_hex(h, key);
}

/* ---- the cache
 * ---------------------------------------------------------------------------- */

static bool
cache_find(struct builder *b, const char *key, struct made *ret)
{
	cleanup_json json_t *j = NULL;
	struct err ignored = ERR_INIT;

	if (store_cache_get(b->store, key, &j, &ignored) != 1)
		return false;
	ret->created = json_get_int(j, "created", IMAGE_NO_TIME);
	return store_layer_find(
		   b->store, json_get_str(j, "chain", ""), &ret->layer, &ignored) == 1;
}

static void
cache_keep(struct builder *b, const char *key, const struct made *m)
{
	cleanup_json json_t *j = json_pack("{s:s, s:s, s:I}", "chain", m->layer.chain,
	    "diff", m->layer.diff, "created", (json_int_t)m->created);
	struct err ignored = ERR_INIT;

	/* a cache that cannot be written makes the next build slow, not this one wrong */
	(void)store_cache_put(b->store, key, j, &ignored);
}

/* ---- one step
 * -------------------------------------------------------------------------------- */

static const char *
top_chain(const struct build_stage *st)
{
	return st->chains.len > 0 ? st->chains.v[0] : "";
}

/* The layer becomes the stage's topmost. */
static void
adopt(struct build_stage *st, const struct build_step *s, const struct made *m)
{
	cleanup_free char *diff = xasprintf("sha256:%s", m->layer.diff);

	vec_insert(&st->chains, 0, m->layer.chain);
	vec_add(&st->config.diff_ids, diff);
	st->config.history[s->history].created = m->created;
}

/* The text of a key's content part that needs no child, or NULL. */
static void
quick_content(const struct builder *b, const struct build_step *s, char out[KEY + 8])
{
	const struct vec *from = build_from_chains(b, s);

	if (from == NULL)
		snprintf(out, KEY + 8, "%s", s->digest);
	else
		snprintf(out, KEY + 8, "layers:%s", from->len > 0 ? from->v[0] : "");
}

/* WORKDIR is cached even with --no-cache, as in engine 26.1. */
static bool
may_use_cache(
    const struct builder *b, const struct build_stage *st, const struct build_step *s)
{
	const struct vec *anew = b->spec->no_cache_stages;
	bool named =
	    anew != NULL && *st->text->name != '\0' && vec_has(anew, st->text->name);

	return (!b->spec->no_cache && !named) || s->in->kind == DOCKERFILE_WORKDIR;
}

static bool
find_step(struct builder *b, const struct build_stage *st, const struct build_step *s,
    char key[KEY], struct made *ret)
{
	char content[KEY + 8];

	quick_content(b, s, content);
	step_key(b, s, top_chain(st), content, key);
	return s->missing == NULL && may_use_cache(b, st, s) && cache_find(b, key, ret);
}

static int
do_work(struct builder *b, struct build_stage *st, struct build_step *s,
    const struct build_vertex *v, struct store_draft *d, bool *changed, struct err *err)
{
	switch (s->in->kind) {
	case DOCKERFILE_WORKDIR: return build_do_workdir(b, s, &st->chains, d, err);
	case DOCKERFILE_RUN: return build_do_run(b, s, v, &st->chains, d, changed, err);
	default: return build_do_copy(b, s, &st->chains, d, changed, err);
	}
}

/* A reference as BuildKit names the context in its messages. */
static int
set_not_found(
    struct builder *b, const struct build_vertex *v, const char *missing, struct err *err)
{
	char hex[33], tail[REF_TAIL + 1];

	str_random_hex(hex, 32);
	str_random_hex(tail, REF_TAIL);
	err_set(err, ERR_NOT_FOUND,
	    "failed to calculate checksum of ref %.8s-%.4s-%.4s-%.4s-%.12s::%s: %s", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20, tail, missing);
	build_fail(b, v, err);
	return err_while(err, "failed to compute cache key");
}

/* A COPY --from that the quick key did not find.  1 found by content, 0 not (key then is
 * the content's key), -1. */
static int
find_by_content(struct builder *b, struct build_stage *st, struct build_step *s,
    struct store_draft *d, char key[KEY], struct made *ret, struct err *err)
{
	if (build_from_digest(b, s, d, s->digest, err) < 0)
		return -1;
	step_key(b, s, top_chain(st), s->digest, key);
	return may_use_cache(b, st, s) && cache_find(b, key, ret);
}

/* In a draft: 0 made, 1 found after all; takes d. */
static int
make_layer(struct builder *b, struct build_stage *st, struct build_step *s,
    const struct build_vertex *v, struct store_draft *d, const char *key,
    struct made *ret, struct err *err)
{
	char content_key[KEY] = "";
	bool changed = false;
	int found = 0;

	if (build_from_chains(b, s) != NULL)
		found = find_by_content(b, st, s, d, content_key, ret, err);
	if (found != 0 || do_work(b, st, s, v, d, &changed, err) < 0) {
		store_draft_drop(b->store, d);
		if (found == 1)
			cache_keep(b, key, ret);
		return found == 1 ? 1 : -1;
	}
	if (store_draft_commit(b->store, d, top_chain(st), &st->chains, b->spec->epoch,
		&ret->layer, err) < 0)
		return -1;
	ret->created = clock_now();
	if (b->spec->epoch >= 0 && ret->created > b->spec->epoch)
		ret->created = b->spec->epoch;
	/* files that changed under our hands are in the layer, but under no key */
	if (!changed) {
		cache_keep(b, key, ret);
		if (*content_key != '\0')
			cache_keep(b, content_key, ret);
	}
	return 0;
}

/* Does the step, whose vertex has started. */
static int
do_step(struct builder *b, struct build_stage *st, struct build_step *s,
    const struct build_vertex *v, const char *key, struct err *err)
{
	struct store_draft *d = NULL;
	struct made made = {0};
	int rc;

	if (s->missing != NULL)
		return set_not_found(b, v, s->missing, err);
	if (store_draft_new(b->store, &d, err) < 0)
		return build_fail(b, v, err);
	rc = make_layer(b, st, s, v, d, key, &made, err);
	/* whatever a signal broke: it is no error of the step */
	if (rc < 0 && build_is_canceled(b))
		build_set_canceled(err);
	if (rc < 0 && err->kind == ERR_NOT_FOUND && build_from_chains(b, s) != NULL) {
		struct err why = *err;
		return set_not_found(b, v, why.text, err);
	}
	if (rc < 0)
		return build_fail(b, v, err);
	build_end(b, v, rc == 1 ? BUILD_CACHED : BUILD_DONE);
	adopt(st, s, &made);
	return 0;
}

/* A step further down whose files are missing ends the build before a long RUN. */
static struct build_step *
doomed_step(struct build_stage *st, size_t from)
{
	if (st->steps[from].in->kind != DOCKERFILE_RUN)
		return NULL;
	for (size_t i = from + 1; i < st->nsteps; i++)
		if (st->steps[i].missing != NULL)
			return &st->steps[i];
	return NULL;
}

static void
tell_documents(struct builder *b, const struct build_step *s, enum build_end end)
{
	for (size_t i = 0; i < s->ndocs; i++) {
		struct build_vertex v =
		    build_start(b, "[internal] preparing inline document");
		build_end(b, &v, end);
	}
}

static int
solve_step(struct builder *b, struct build_stage *st, size_t i, struct err *err)
{
	struct build_step *s = &st->steps[i];
	struct made made = {0};
	char key[KEY];

	if (build_is_canceled(b))
		return build_set_canceled(err);
	bool found = find_step(b, st, s, key, &made);

	build_explain_step(b, st, s, found);
	if (!found && doomed_step(st, i) != NULL)
		s = doomed_step(st, i);
	b->where = s->in->lines;
	/* the same work in two stages is one vertex, under the name that it had first */
	if (found && vec_has(&b->told, key)) {
		adopt(st, s, &made);
		return 0;
	}
	vec_add(&b->told, key);
	tell_documents(b, s, found ? BUILD_CACHED : BUILD_DONE);
	struct build_vertex v = build_start(b, s->title);
	if (!found)
		return do_step(b, st, s, &v, key, err);
	build_end(b, &v, BUILD_CACHED);
	adopt(st, s, &made);
	return 0;
}

/* ---- FROM
 * ---------------------------------------------------------------------------------------
 */

/* `first`: the step that stands on the image, or NULL.  BuildKit shows CACHED when the
 * image itself is needed again; when a step on it is cached it is only looked at. */
static void
tell_from(struct builder *b, const struct build_stage *st, struct build_image *image,
    bool needed)
{
	cleanup_buf struct buf title = BUF_INIT(BUF_OURS);
	cleanup_json json_t *mark = NULL;
	struct err ignored = ERR_INIT;
	char key[KEY];

	if (image->told)
		return;
	image->told = true;
	if (st != NULL && !image->used_from)
		build_step_prefix(b, st, 1, &title);
	buf_addf(&title, "FROM %s", image->canonical);
	struct build_vertex v = build_start(b, title.s);
	named_key("drydock build from", image->id, key);
	bool marked = needed && store_cache_get(b->store, key, &mark, &ignored) == 1;
	build_end(b, &v, marked ? BUILD_CACHED : BUILD_DONE);
	if (!needed || marked)
		return;
	mark = json_object();
	(void)store_cache_put(b->store, key, mark, &ignored);
}

/* COPY --from=image: its FROM vertex, when no stage stands on that image. */
static void
tell_sources(struct builder *b, const struct build_stage *st)
{
	for (size_t i = 0; i < st->nsteps; i++) {
		const struct build_step *s = &st->steps[i];
		if (s->from_image != NULL)
			tell_from(b, NULL, s->from_image, false);
		for (size_t k = 0; k < s->nmounts; k++)
			if (s->mounts[k].from_image != NULL)
				tell_from(b, NULL, s->mounts[k].from_image, false);
	}
}

static void
begin_stage(struct builder *b, struct build_stage *st)
{
	struct made made;
	char key[KEY];

	if (st->base_stage >= 0) {
		const struct build_stage *from = &b->stages[st->base_stage];
		vec_add_all(&st->chains, from->chains.v);
		vec_done(&st->config.diff_ids);
		vec_add_all(&st->config.diff_ids, from->config.diff_ids.v);
		for (size_t i = 0; i < from->config.nhistory; i++)
			st->config.history[i].created = from->config.history[i].created;
	} else if (st->base != NULL) {
		vec_add_all(&st->chains, st->base->chains.v);
		tell_from(b, st, st->base,
		    st->nsteps == 0 || !find_step(b, st, &st->steps[0], key, &made));
	}
	tell_sources(b, st);
	build_tell_context(b, NULL);
}

int
build_solve(struct builder *b, struct err *err)
{
	for (size_t i = 0; i < b->nstages; i++) {
		struct build_stage *st = &b->stages[i];
		if (!st->needed)
			continue;
		begin_stage(b, st);
		for (size_t k = 0; k < st->nsteps; k++)
			if (solve_step(b, st, k, err) < 0)
				return -1;
	}
	return 0;
}
