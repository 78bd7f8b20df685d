/*
 * export.c - the result as files: a folder or a tar of the last stage's root
 *
 * A child inside the holder mounts the stage's layers and sends its files; a child that
 * is the user writes them where the user said.
 */
#include "sandbox/build/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 128 * 1024 };

struct export
{
	struct builder *b;
	const struct vec *chains;
	int layers, draft, out;
	bool folder, one_id;
};

/* ---- the sender
 * ---------------------------------------------------------------------------- */

/* Devices are no user's to make; a tar's names begin where the root begins. */
static void
shape_tree(struct build_tree *t, bool folder)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->len; i++) {
		struct build_entry *e = &t->v[i];
		bool drop = folder ? S_ISCHR(e->st.st_mode) || S_ISBLK(e->st.st_mode)
				   : str_eq(e->name, "d/");
		if (drop) {
			free(e->name);
			free(e->path);
			free(e->link);
			continue;
		}
		if (!folder) {
			char *name = xasprintf(
			    "%s%s", e->name + 2, S_ISDIR(e->st.st_mode) ? "/" : "");
			free(e->name);
			e->name = name;
		}
		t->v[kept++] = *e;
	}
	t->len = kept;
}

static int
child_export(void *arg, struct err *err)
{
	const struct export *x = arg;
	cleanup_build_tree struct build_tree tree = {0};
	struct build_root from = {.recorded = x->one_id, .devices = true, .unread = true};
	bool changed;

	cleanup_fd int root = build_open_layers(x->layers, x->chains, x->draft, "m", err);
	if (root < 0)
		return -1;
	from.fd = root;
	if (build_tree_add(&tree, &from, "/", err) < 0)
		return -1;
	shape_tree(&tree, x->folder);
	return build_send(&tree, root, x->folder, !x->folder, x->out, &changed, err);
}

/* ---- the receiver
 * -------------------------------------------------------------------------- */

/* All of the stream to fd; returns its bytes, or -1. */
static int64_t
copy_stream(int in, int fd)
{
	cleanup_free char *piece = xmalloc(PIECE);
	int64_t all = 0;

	for (;;) {
		ssize_t n = read(in, piece, PIECE);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -1 : all;
		if (fd_write_all(fd, piece, (size_t)n) < 0)
			return -1;
		all += n;
	}
}

static pid_t
start_receiving(struct export *x, int fd, int *ret_answer, struct err *err)
{
	static const struct build_copy copy = {.dest = "/"};
	int ends[2], pipes[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, "making a stream");
	cleanup_fd int in = ends[0], out = ends[1];
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return err_sys(err, "making a pipe");
	cleanup_fd int answer = pipes[0], say = pipes[1];
	pid_t pid = fork();
	if (pid < 0)
		return err_sys(err, "forking");
	if (pid == 0) {
		struct err why = ERR_INIT;
		proc_unblock_signals();
		fd_close_p(&out);
		setfsgid(x->b->spec->output_gid);
		setfsuid(x->b->spec->output_uid);
		/* owners are nobody but us: as where only one id exists */
		int rc = x->folder ? build_apply(in, fd, &copy, true, -1, &why)
			 : copy_stream(in, fd) < 0 ? err_sys(&why, "writing the tar")
						   : 0;
		if (rc < 0)
			err_send(say, &why);
		_exit(rc < 0);
	}
	x->out = take_fd(&out);
	*ret_answer = take_fd(&answer);
	return pid;
}

static int
transfer(struct export *x, int fd, struct err *err)
{
	struct holder *h = store_holder(x->b->store, err);
	struct err why = ERR_INIT;
	int answer_fd = -1;

	if (h == NULL)
		return -1;
	pid_t pid = start_receiving(x, fd, &answer_fd, err);
	if (pid < 0)
		return -1;
	cleanup_fd int answer = answer_fd;
	int rc = holder_call(h, HOLDER_MOUNTS, child_export, x, err);
	fd_close_p(&x->out);
	int got = err_recv(answer, &why);
	if (proc_wait(pid) != 0 && rc == 0)
		rc = err_set(err, ERR_SYS, "writing the result failed");
	/* a receiver that gave up broke the sender's stream: its reason is the reason */
	if (got == 1) {
		*err = why;
		rc = -1;
	}
	return rc;
}

int
build_export_files(struct builder *b, const struct vec *chains, struct err *err)
{
	struct store_draft *d = NULL;
	struct export x = {.b = b,
	    .chains = chains,
	    .folder = b->spec->output == BUILD_FOLDER,
	    .one_id = store_idmap(b->store) == IDMAP_ONE,
	    .out = -1};

	x.layers = store_layers_dir(b->store, err);
	if (x.layers < 0 || store_draft_new(b->store, &d, err) < 0)
		return -1;
	x.draft = store_draft_dir(d);
	int rc = transfer(&x, b->spec->output_fd, err);
	store_draft_drop(b->store, d);
	return rc;
}
