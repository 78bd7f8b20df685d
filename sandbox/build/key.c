/*
 * key.c - what a step is known by, and what is kept of it
 *
 * A step's key is made of the layers below it, the words of its instruction and the
 * content that it takes; never of times.  COPY --from has two keys: a quick one by the
 * layers of the stage that it reads, and one by the content, which still holds when that
 * stage was built anew with the same result.
 *
 * Facts: BuildKit's solver and contenthash.
 */
#include "sandbox/build/private.h"
#include <stdlib.h>

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

/* A key's content part that needs no look at other stages' files. */
static void
quick_content(
    const struct builder *b, const struct build_step *s, char out[BUILD_KEY + 8])
{
	const struct vec *from = build_from_chains(b, s);

	if (from == NULL)
		snprintf(out, BUILD_KEY + 8, "%s", s->digest);
	else
		snprintf(
		    out, BUILD_KEY + 8, "layers:%s", from->len > 0 ? from->v[0] : "");
}

void
build_step_key(const struct builder *b, const struct build_stage *st,
    const struct build_step *s, const char *content, char key[BUILD_KEY])
{
	const char *parent = st->chains.len > 0 ? st->chains.v[0] : "";
	char quick[BUILD_KEY + 8];
	struct hash *h = hash_new();

	if (content == NULL) {
		quick_content(b, s, quick);
		content = quick;
	}

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

void
build_named_key(const char *sort, const char *name, char key[BUILD_KEY])
{
	struct hash *h = hash_new();

	add_field(h, sort);
	add_field(h, name);
	hash_hex(h, key);
}

/* ---- the cache
 * ---------------------------------------------------------------------------- */

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

bool
build_cache_find(const struct builder *b, const struct build_stage *st,
    const struct build_step *s, const char *key, struct build_made *ret)
{
	cleanup_json json_t *j = NULL;
	struct err ignored = ERR_INIT;

	if (s->missing != NULL || !may_use_cache(b, st, s) ||
	    store_cache_get(b->store, key, &j, &ignored) != 1)
		return false;
	ret->created = json_get_int(j, "created", IMAGE_NO_TIME);
	if (store_layer_find(
		b->store, json_get_str(j, "chain", ""), &ret->layer, &ignored) != 1)
		return false;
	/* used once more, and just now */
	json_object_set_new(j, "uses", json_integer(json_get_int(j, "uses", 1) + 1));
	(void)store_cache_put(b->store, key, j, &ignored);
	return true;
}

/* As BuildKit describes the record.  Gives. */
static char *
describe(const struct build_step *s)
{
	cleanup_free char *argv = NULL;

	if (s->in->kind != DOCKERFILE_RUN)
		return xstrdup(s->title);
	argv = vec_join(&s->words, " ");
	return xasprintf("mount / from exec %s", argv);
}

void
build_cache_keep(const struct builder *b, const struct build_step *s, const char *key,
    const struct build_made *m)
{
	cleanup_free char *what = describe(s);
	cleanup_json json_t *j = json_pack("{s:s, s:s, s:I}", "chain", m->layer.chain,
	    "diff", m->layer.diff, "created", (json_int_t)m->created);
	struct err ignored = ERR_INIT;

	json_object_set_new(j, "what", json_string(what)); /* nothing, if it is no text */
	/* a cache that cannot be written makes the next build slow, not this one wrong */
	(void)store_cache_put(b->store, key, j, &ignored);
}
