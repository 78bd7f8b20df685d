/*
 * explain.c - why a step was done, and what each line costs
 *
 * When a step is done, what its cache key was made of is kept, under the place of its
 * line: the folder, the Dockerfile's name, the stage and the step's number.  The next
 * time it is done, the two are compared and the first difference is named.
 */
#include "sandbox/build/private.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NAMES_SHOWN = 3, DEPTH_MAX = 256, TITLE = 48 };

/* ---- what a key was made of
 * ------------------------------------------------------------------ */

static void
place_key(const struct builder *b, const struct build_stage *st,
    const struct build_step *s, char key[HASH_HEX + 1])
{
	struct stat dir = {0};

	(void)fstat(b->spec->context, &dir);
	cleanup_free char *text = xasprintf("drydock build why\n%llx:%llx\n%s\n%d\n%zu",
	    (unsigned long long)dir.st_dev, (unsigned long long)dir.st_ino,
	    b->spec->dockerfile_name, st->number, (size_t)(s - st->steps));
	hash_data(text, strlen(text), key);
}

static void
add_files(json_t *files, const struct build_tree *t)
{
	for (size_t i = 0; i < t->len; i++) {
		const struct build_entry *e = &t->v[i];
		cleanup_free char *what = xasprintf(
		    "%o %s%s", e->st.st_mode, e->digest, e->link != NULL ? e->link : "");
		/* folders without content say nothing that their files do not */
		if (*e->path != '\0' && !S_ISDIR(e->st.st_mode))
			json_object_set_new(files, e->path, json_string(what));
	}
}

/* Without proxies, which are no part of the key and may hold a password. */
static json_t *
variables(const struct build_step *s)
{
	cleanup_vec struct vec list = VEC_INIT;

	for (size_t i = 0; i < s->env.len; i++) {
		cleanup_free char *name =
		    xstrndup(s->env.v[i], strcspn(s->env.v[i], "="));
		if (!vec_has(&s->secret, name))
			vec_add(&list, s->env.v[i]);
	}
	return json_from_vec(&list);
}

static json_t *
describe(
    const struct builder *b, const struct build_stage *st, const struct build_step *s)
{
	const struct vec *from = build_from_chains(b, s);
	json_t *files = json_object();

	add_files(files, &s->tree);
	for (size_t i = 0; i < s->nmounts; i++)
		add_files(files, &s->mounts[i].tree);
	return json_pack("{s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:o}", "parent",
	    st->chains.len > 0 ? st->chains.v[0] : "", "instruction",
	    dockerfile_row(s->in->kind)->name, "words", json_from_vec(&s->words), "env",
	    variables(s), "user", s->user, "cwd", s->cwd, "from",
	    from != NULL && from->len > 0 ? from->v[0] : "", "files", files);
}

/* ---- the first difference
 * -------------------------------------------------------------------- */

static void
say_files(struct buf *out, const json_t *before, const json_t *now)
{
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach((json_t *)now, name, value)
	{
		const json_t *old = json_object_get(before, name);
		if (old != NULL && json_equal(old, value))
			continue;
		if (n++ < NAMES_SHOWN)
			buf_addf(out, "%s%s %s", n > 1 ? ", " : "", name,
			    old == NULL ? "is new" : "has changed");
	}
	json_object_foreach((json_t *)before, name, value)
	{
		if (json_object_get(now, name) != NULL)
			continue;
		if (n++ < NAMES_SHOWN)
			buf_addf(out, "%s%s is gone", n > 1 ? ", " : "", name);
	}
	if (n > NAMES_SHOWN)
		buf_addf(out, " and %zu more", n - NAMES_SHOWN);
}

static void
say_list(struct buf *out, const char *what, const json_t *before, const json_t *now)
{
	size_t i;

	for (i = 0; i < json_array_size(before) && i < json_array_size(now); i++)
		if (!json_equal(json_array_get(before, i), json_array_get(now, i)))
			break;
	const char *old = json_string_value(json_array_get(before, i));
	const char *new = json_string_value(json_array_get(now, i));
	if (old == NULL)
		buf_addf(out, "%s \"%s\" is new", what, new != NULL ? new : "");
	else if (new == NULL)
		buf_addf(out, "%s \"%s\" is gone", what, old);
	else
		buf_addf(out, "%s \"%s\" was \"%s\"", what, new, old);
}

static void
say_difference(struct buf *out, const json_t *before, const json_t *now)
{
	static const struct {
		const char *key, *what;
	} texts[] = {
	    {"instruction", "the instruction"}, {"user", "USER"}, {"cwd", "WORKDIR"}};
	static const struct {
		const char *key, *what;
	} lists[] = {{"words", "the word"}, {"env", "the variable"}};
	const json_t *old = json_object_get(before, "files");
	const json_t *new = json_object_get(now, "files");

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *a = json_get_str(before, texts[i].key, "");
		const char *z = json_get_str(now, texts[i].key, "");
		if (!str_eq(a, z)) {
			buf_addf(out, "%s is %s, was %s", texts[i].what, z, a);
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const json_t *a = json_object_get(before, lists[i].key);
		const json_t *z = json_object_get(now, lists[i].key);
		if (!json_equal((json_t *)a, (json_t *)z)) {
			say_list(out, lists[i].what, a, z);
			return;
		}
	}
	if (!json_equal((json_t *)old, (json_t *)new))
		say_files(out, old, new);
	else if (!str_eq(
		     json_get_str(before, "parent", ""), json_get_str(now, "parent", "")))
		buf_adds(out, "what lies below it has changed");
	else if (!str_eq(json_get_str(before, "from", ""), json_get_str(now, "from", "")))
		buf_adds(out, "what it copies from has changed");
	else
		buf_adds(
		    out, "nothing of it has changed, but its layer is no longer there");
}

void
build_explain_step(struct builder *b, const struct build_stage *st,
    const struct build_step *s, bool found)
{
	cleanup_buf struct buf why = BUF_INIT(BUF_OURS);
	cleanup_json json_t *before = NULL, *now = NULL;
	struct err ignored = ERR_INIT;
	char key[HASH_HEX + 1];

	if (found && !b->spec->explain)
		return;
	place_key(b, st, s, key);
	now = describe(b, st, s);
	int known = store_cache_get(b->store, key, &before, &ignored);
	if (found)
		buf_adds(&why, "from the cache");
	else if (b->spec->no_cache)
		buf_adds(&why, "done: --no-cache");
	else if (known != 1)
		buf_adds(&why, "done: for the first time");
	else {
		buf_adds(&why, "done: ");
		say_difference(&why, before, now);
	}
	if (known != 1 || !json_equal(before, now))
		(void)store_cache_put(b->store, key, now, &ignored);
	if (b->spec->explain)
		vec_addf(&b->ret->explained, "line %d: %s: %s", s->in->lines.first,
		    s->title, why.s);
}

/* ---- bytes
 * ----------------------------------------------------------------------------------- */

struct waste {
	int layers;
	const struct vec *chains;
	size_t own; /* so many of the topmost are this build's */
	int64_t *bytes;
};

static int64_t
tree_bytes(int at, const char *name, int depth)
{
	cleanup_fd int fd =
	    openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	int64_t sum = 0;
	struct stat st;

	if (dir == NULL || depth > DEPTH_MAX)
		return 0;
	(void)take_fd(&fd);
	for (struct dirent *d; (d = readdir(dir)) != NULL;) {
		if (!path_is_name(d->d_name) ||
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		sum += S_ISREG(st.st_mode) ? (int64_t)st.st_size
		       : S_ISDIR(st.st_mode)
			   ? tree_bytes(dirfd(dir), d->d_name, depth + 1)
			   : 0;
	}
	return sum;
}

/* What the nearest layer below has under this path, and nobody sees any more. */
static void
count_hidden(const struct waste *w, size_t layer, const char *path)
{
	for (size_t i = layer + 1; i < w->chains->len; i++) {
		cleanup_fd int root =
		    openat(w->layers, w->chains->v[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		struct stat st;
		if (root < 0 || fstatat(root, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		*w->bytes += S_ISREG(st.st_mode)   ? (int64_t)st.st_size
			     : S_ISDIR(st.st_mode) ? tree_bytes(root, path, 0)
						   : 0;
		return;
	}
}

static void
walk_layer(const struct waste *w, size_t layer, int at, const char *path, int depth)
{
	cleanup_fd int fd = openat(at, *path ? path_base(path) : ".",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_dir DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct stat st;

	if (dir == NULL || depth > DEPTH_MAX)
		return;
	(void)take_fd(&fd);
	for (struct dirent *d; (d = readdir(dir)) != NULL;) {
		if (!path_is_name(d->d_name) ||
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		cleanup_free char *below =
		    xasprintf("%s%s%s", path, *path ? "/" : "", d->d_name);
		if (S_ISDIR(st.st_mode))
			walk_layer(w, layer, dirfd(dir), below, depth + 1);
		else
			count_hidden(w, layer, below);
	}
}

static int
child_waste(void *arg, struct err *err)
{
	const struct waste *w = arg;

	(void)err;
	for (size_t i = 0; i < w->own && i < w->chains->len; i++) {
		cleanup_fd int root =
		    openat(w->layers, w->chains->v[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root >= 0)
			walk_layer(w, i, root, "", 0);
	}
	return 0;
}

static int64_t
wasted(struct builder *b, const struct build_stage *st)
{
	struct waste w = {.layers = store_layers_dir(b->store, NULL),
	    .chains = &st->chains,
	    .own = st->nsteps};
	struct holder *h = store_holder(b->store, NULL);
	int64_t *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int64_t sum = -1;

	if (shared == MAP_FAILED)
		return -1;
	w.bytes = shared;
	if (h != NULL && w.layers >= 0 && holder_call(h, 0, child_waste, &w, NULL) == 0)
		sum = *shared;
	munmap(shared, sizeof *shared);
	return sum;
}

void
build_explain_bytes(struct builder *b)
{
	const struct build_stage *st = &b->stages[b->plan.target];
	struct err ignored = ERR_INIT;
	struct store_layer layer;

	if (!b->spec->explain)
		return;
	for (size_t i = 0; i < st->nsteps; i++)
		if (st->chains.len >= st->nsteps &&
		    store_layer_find(b->store, st->chains.v[st->nsteps - 1 - i], &layer,
			&ignored) == 1)
			vec_addf(&b->ret->explained, "line %d: %.*s: %lld bytes",
			    st->steps[i].in->lines.first, TITLE, st->steps[i].title,
			    (long long)layer.size);
	int64_t bytes = wasted(b, st);
	if (bytes >= 0)
		vec_addf(&b->ret->explained,
		    "%lld bytes lie in the image and are hidden by a later layer",
		    (long long)bytes);
}
