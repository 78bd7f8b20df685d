/*
 * layer.c - WORKDIR and COPY in a draft
 *
 * A child inside the holder mounts the layers below and the draft as one root, in a
 * mount namespace that dies with it.  Files come to it as a stream: from the user's
 * side for the context, from a child of its own for another stage.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHANGED = 2 };

struct work {
	struct builder *b;
	struct build_step *step;
	const struct vec *lowers, *from;
	int layers, draft, stream;
	bool one_id;
	char *digest; /* shared with the child */
	const char *name;
};

/* ---- roots ----------------------------------------------------------------------------
 */

/* The root to write into.  Without layers below, the new layer itself is the root. */
static int
open_target(const struct work *w, struct err *err)
{
	/* COPY --link: a layer that knows nothing of what lies below */
	if (w->lowers->len > 0 && !(w->step != NULL && build_is_linked(w->step)))
		return build_mount_layers(
		    w->layers, w->lowers, w->draft, "m", "u", "w", err);
	int fd = openat(w->draft, "u", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(err, "opening the new layer") : fd;
}

static int
begin_work(struct work *w, struct builder *b, const struct build_step *step,
    const struct vec *lowers, const struct store_draft *d, struct err *err)
{
	*w = (struct work){.b = b,
	    .step = (struct build_step *)step,
	    .lowers = lowers,
	    .layers = store_layers_dir(b->store, err),
	    .draft = store_draft_dir(d),
	    .stream = -1,
	    .one_id = store_idmap(b->store) == IDMAP_ONE};
	return w->layers < 0 ? -1 : 0;
}

static int
call(struct work *w, int (*fn)(void *arg, struct err *err), struct err *err)
{
	struct holder *h = store_holder(w->b->store, err);

	return h == NULL ? -1 : holder_call(h, HOLDER_MOUNTS, fn, w, err);
}

/* ---- WORKDIR
 * ------------------------------------------------------------------------------ */

static int
child_workdir(void *arg, struct err *err)
{
	const struct work *w = arg;
	cleanup_fd int root = open_target(w, err);

	if (root < 0)
		return -1;
	return build_mkdirs(root, w->step->words.v[0], w->step->user, w->one_id, err);
}

int
build_do_workdir(struct builder *b, const struct build_step *step,
    const struct vec *lowers, struct store_draft *d, struct err *err)
{
	struct work w;

	if (begin_work(&w, b, step, lowers, d, err) < 0)
		return -1;
	return call(&w, child_workdir, err);
}

/* ---- the sending child
 * --------------------------------------------------------------------- */

struct sending {
	pid_t pid;
	int in;     /* the stream */
	int answer; /* its error */
};

static int
start_sending(const struct build_tree *t, int root, bool as_root, struct sending *ret,
    struct err *err)
{
	int ends[2], pipes[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, "making a stream");
	cleanup_fd int in = ends[0], out = ends[1];
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(err, "making a pipe");
	cleanup_fd int answer = pipes[0], say = pipes[1];
	ret->pid = fork();
	if (ret->pid < 0)
		return err_sys(err, "forking");
	if (ret->pid == 0) {
		proc_unblock_signals();
		struct err why = ERR_INIT;
		bool changed = false;
		fd_close_p(&in);
		int rc = build_send(t, root, as_root, false, out, &changed, &why);
		if (rc < 0)
			err_send(say, &why);
		_exit(rc < 0 ? 1 : changed ? CHANGED : 0);
	}
	ret->in = take_fd(&in);
	ret->answer = take_fd(&answer);
	return 0;
}

/* After the stream has been read or given up.  rc and *err are the receiver's: what the
 * sender says explains a stream that broke off. */
static int
end_sending(struct sending *s, int rc, bool *ret_changed, struct err *err)
{
	struct err why = ERR_INIT;

	fd_close_p(&s->in);
	int got = err_recv(s->answer, &why);
	int code = proc_wait(s->pid);
	fd_close_p(&s->answer);
	*ret_changed = code != 0;
	/* a receiver that gave up breaks the sender's pipe: its own error then counts */
	if (got == 1 && (rc == 0 || str_starts(err->text, "copying files:"))) {
		*err = why;
		return -1;
	}
	if (rc == 0 && code != 0 && code != CHANGED)
		return err_set(err, ERR_SYS, "copying files: the sender was killed");
	return rc;
}

/* ---- COPY and ADD
 * ----------------------------------------------------------------------------- */

static struct build_copy
copy_of(const struct build_step *s)
{
	return (struct build_copy){
	    .dest = s->words.v[s->words.len - 1], .chown = s->chown, .chmod = s->chmod};
}

static int
child_apply(void *arg, struct err *err)
{
	const struct work *w = arg;
	const struct build_copy copy = copy_of(w->step);
	cleanup_fd int root = open_target(w, err);

	if (root < 0)
		return -1;
	return build_apply(w->stream, root, &copy, w->one_id, w->draft, err);
}

/* What the step takes from the other stage's root. */
static int
read_source(const struct work *w, int root, struct build_tree *ret, struct err *err)
{
	cleanup_ignore struct ignore *exclude = NULL;
	cleanup_build_sides struct build_sides sides;

	build_sides_open(&sides, w->layers, w->from);
	struct build_root from = {.fd = root,
	    .sides = &sides,
	    .recorded = w->one_id,
	    .devices = true,
	    .parents = dockerfile_flag_on(w->step->in, "parents")};

	if (build_excludes(w->step->in, &exclude, err) < 0)
		return -1;
	from.exclude = exclude;
	for (size_t i = 0; i + 1 < w->step->words.len; i++)
		if (build_tree_add(ret, &from, w->step->words.v[i], err) < 0)
			return -1;
	return 0;
}

static int
child_copy_from(void *arg, struct err *err)
{
	struct work *w = arg;
	cleanup_build_tree struct build_tree tree = {0};
	cleanup_fd int source = build_open_layers(w->layers, w->from, w->draft, "m", err);
	struct sending s;
	bool changed;

	if (source < 0 || read_source(w, source, &tree, err) < 0)
		return -1;
	/* this folder's mount is about to be covered; the sender keeps its own view */
	if (start_sending(&tree, source, false, &s, err) < 0)
		return -1;
	w->stream = s.in;
	return end_sending(&s, child_apply(w, err), &changed, err);
}

static int
child_digest(void *arg, struct err *err)
{
	struct work *w = arg;
	cleanup_build_tree struct build_tree tree = {0};
	cleanup_fd int source = build_open_layers(w->layers, w->from, w->draft, "m", err);

	if (source < 0 || read_source(w, source, &tree, err) < 0)
		return -1;
	build_tree_digest(&tree, true, w->digest);
	return 0;
}

const struct vec *
build_from_chains(const struct builder *b, const struct build_step *step)
{
	if (step->from_image != NULL)
		return &step->from_image->chains;
	return step->from_stage >= 0 ? &b->stages[step->from_stage].chains : NULL;
}

int
build_from_digest(struct builder *b, const struct build_step *step, struct store_draft *d,
    char digest[HASH_HEX + 1], struct err *err)
{
	struct work w;

	if (begin_work(&w, b, step, NULL, d, err) < 0)
		return -1;
	w.from = build_from_chains(b, step);
	w.digest = mmap(NULL, HASH_HEX + 1, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w.digest == MAP_FAILED)
		return err_sys(err, "sharing memory");
	int rc = call(&w, child_digest, err);
	memcpy(digest, w.digest, HASH_HEX + 1);
	munmap(w.digest, HASH_HEX + 1);
	return rc;
}

int
build_do_copy(struct builder *b, struct build_step *step, const struct vec *lowers,
    struct store_draft *d, bool *ret_changed, struct err *err)
{
	struct work w;
	struct sending s;

	*ret_changed = false;
	if (begin_work(&w, b, step, lowers, d, err) < 0)
		return -1;
	w.from = build_from_chains(b, step);
	if (w.from != NULL)
		return call(&w, child_copy_from, err);
	if (start_sending(&step->tree, b->spec->context, true, &s, err) < 0)
		return -1;
	w.stream = s.in;
	return end_sending(&s, call(&w, child_apply, err), ret_changed, err);
}

/* ---- RUN --mount
 * --------------------------------------------------------------------------------- */

static int
child_bind(void *arg, struct err *err)
{
	static const struct build_copy copy = {.dest = "/"};
	const struct work *w = arg;

	if (mkdirat(w->draft, w->name, 0755) < 0)
		return err_sys(err, "making a folder for a mount");
	cleanup_fd int root =
	    openat(w->draft, w->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (root < 0)
		return err_sys(err, "opening the folder of a mount");
	return build_apply(w->stream, root, &copy, w->one_id, -1, err);
}

int
build_copy_tree(
    const struct build_tree *t, int root, int into, bool one_id, struct err *err)
{
	static const struct build_copy copy = {.dest = "/"};
	struct sending s;
	bool changed;

	if (start_sending(t, root, false, &s, err) < 0)
		return -1;
	return end_sending(
	    &s, build_apply(s.in, into, &copy, one_id, -1, err), &changed, err);
}

int
build_do_bind(struct builder *b, const struct build_mount *m, const char *name,
    struct store_draft *d, bool *ret_changed, struct err *err)
{
	struct work w;
	struct sending s;

	if (begin_work(&w, b, NULL, NULL, d, err) < 0 ||
	    start_sending(&m->tree, b->spec->context, true, &s, err) < 0)
		return -1;
	w.name = name;
	w.stream = s.in;
	return end_sending(&s, call(&w, child_bind, err), ret_changed, err);
}
