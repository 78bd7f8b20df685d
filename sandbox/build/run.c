/*
 * run.c - RUN in a draft
 *
 * A child enters the holder and becomes the parent of the container, as the runtime
 * asks; we read its output as lines and, at the end, how it went.  Of a network it has
 * what way.c gives it.
 * What the machine lends (the lowest layer, the wheels) lies below or beside the image
 * and is in no diff.
 */
#include "sandbox/build/private.h"
#include "sandbox/offline/offline.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STARTING "runc run failed: unable to start container process: "

enum { OWN_MOUNTS = 3 + OFFLINE_MOUNTS };

struct running {
	struct build_shown shown;
	const struct build_step *step;
	const struct vec *lowers;
	struct offline lent;
	struct session *session; /* borrowed */
	struct build_way way;
	int out, answer; /* the child's ends */
	pid_t parent;
};

/* ---- the child ------------------------------------------------------------------------
 */

/* BuildKit's own: the machine's names are none of the image's business. */
static const char hosts[] = "127.0.0.1\tlocalhost buildkitsandbox\n"
			    "::1\tlocalhost ip6-localhost ip6-loopback\n";

/* Writes a file beside the layer (the draft goes when the layer is done) and shows it,
 * read-only, in the container.  Gives the descriptor. */
static int
show_file(const struct running *r, const char *name, const char *text, mode_t mode,
    const char *target, struct runtime_mount *ret, struct err *err)
{
	cleanup_fd int fd =
	    openat(r->shown.draft, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0 || fchmod(fd, mode) < 0)
		return err_sys(err, "writing %s", target);
	int source = openat(r->shown.draft, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (source < 0)
		return err_sys(err, "opening %s", target);
	*ret = (struct runtime_mount){
	    .kind = MOUNT_BIND, .source = source, .target = target, .readonly = true};
	return source;
}

static int
wait_exit(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return proc_exit_code(status);
}

static int
run_spec(struct running *r, const struct runtime_spec *spec, struct err *err)
{
	struct runtime_proc proc = RUNTIME_PROC_INIT;
	pid_t server;

	if (runtime_prepare(r->shown.holder, spec, &proc, err) < 0 ||
	    build_way_attach(&r->way, proc.pid, err) < 0 ||
	    (server = offline_serve(&r->lent, proc.pid, err)) < 0 ||
	    runtime_go(&proc, err) < 0)
		return -1;
	int code = wait_exit(proc.pid);
	if (server > 0) {
		kill(server, SIGKILL);
		proc_wait(server);
	}
	runtime_done(&proc);
	err->sys = code;
	err->kind = ERR_EXIT;
	return 0;
}

/* The layers, and below them the mount points that RUN --mount needs. */
static int
all_lowers(const struct running *r, struct vec *ret, struct err *err)
{
	char self[32], path[4096];

	vec_add_all(ret, r->lowers->v);
	if (r->step->nmounts == 0)
		return 0;
	snprintf(self, sizeof self, "/proc/self/fd/%d", r->shown.draft);
	ssize_t n = readlink(self, path, sizeof path - 1);
	if (n <= 0)
		return err_sys(err, "finding the folder of a step");
	path[n] = '\0';
	/* as the layers are: named from their folder */
	vec_addf(ret, "../../tmp/%s/%s/" BUILD_STUBS,
	    idmap_name(holder_idmap(r->shown.holder)), path_base(path));
	return 0;
}

static int
run_with(struct running *r, struct err *err)
{
	const struct build_step *s = r->step;
	const bool host = str_eq(s->network, "host");
	cleanup_vec struct vec lowers = VEC_INIT;

	if (s->words.len == 0) { /* RUN [] */
		dprintf(r->out, "args must not be empty\n");
		err->kind = ERR_EXIT;
		err->sys = 1;
		return -1;
	}
	if (all_lowers(r, &lowers, err) < 0)
		return -1;
	const struct runtime_spec spec = {.lowers_at = r->shown.layers,
	    .lowers = (const char *const *)lowers.v,
	    .nlowers = lowers.len,
	    .dir = r->shown.draft,
	    .under = r->lent.under,
	    .argv = (const char *const *)s->words.v,
	    .env = (const char *const *)r->shown.env.v,
	    .cwd = s->cwd,
	    .user = s->user,
	    .hostname = "buildkitsandbox",
	    .mounts = r->shown.v,
	    .nmounts = r->shown.len,
	    .net = host ? RUNTIME_NET_JOIN : RUNTIME_NET_NONE,
	    .netns = -1,
	    .in = -1,
	    .out = r->out,
	    .errfd = r->out};
	return run_spec(r, &spec, err);
}

static int
run_in_holder(struct running *r, struct err *err)
{
	const struct build_step *s = r->step;
	struct build_shown *shown = &r->shown;
	struct offline_mount lent[OFFLINE_MOUNTS];
	size_t nlent = offline_mounts(&r->lent, lent);
	cleanup_fd int script = -1, hosts_fd = -1, resolv_fd = -1;
	cleanup_free char *script_at = NULL;
	cleanup_buf struct buf resolv = BUF_INIT(BUF_OURS);

	if (str_eq(s->network, "default") && r->lent.way == OFFLINE_ONLINE &&
	    build_way_open(r->session, &r->way, err) < 0)
		return -1;
	if (holder_enter(shown->holder, !str_eq(s->network, "host"), err) < 0)
		return -1;
	/* only now: the kernel forgets it when a process becomes another user */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != r->parent)
		_exit(1);
	if (build_shown_make(shown, OWN_MOUNTS, err) < 0)
		return -1;
	for (size_t i = 0; i < nlent; i++)
		shown->v[shown->len++] = (struct runtime_mount){.kind = MOUNT_BIND,
		    .source = lent[i].source,
		    .target = lent[i].target,
		    .readonly = true};
	hosts_fd = show_file(
	    r, "hosts", hosts, 0644, "/etc/hosts", &shown->v[shown->len++], err);
	if (hosts_fd < 0)
		return -1;
	if (r->way.outlet >= 0) {
		build_way_resolv(&resolv);
		resolv_fd = show_file(r, "resolv.conf", resolv.s, 0644,
		    "/etc/resolv.conf", &shown->v[shown->len++], err);
		if (resolv_fd < 0)
			return -1;
	}
	if (s->script != NULL) {
		/* a here-document that begins with "#!" is run as a file of its own */
		script_at = xasprintf("/dev/pipes/%s", s->script->name);
		script = show_file(r, "script", s->script->content, 0755, script_at,
		    &shown->v[shown->len++], err);
		if (script < 0)
			return -1;
	}
	return run_with(r, err);
}

/* Never returns.  The answer is an error, or ERR_EXIT with the exit code. */
static void
child_main(struct running *r)
{
	struct err err = ERR_INIT;

	proc_reset_signals();
	run_in_holder(r, &err);
	build_way_done(&r->way);
	err_send(r->answer, &err);
	_exit(0);
}

/* ---- the parent
 * ------------------------------------------------------------------------- */

/* The text may be longer than an error holds: the result then has all of it. */
static int
set_failed(
    struct builder *b, const struct build_step *s, const char *what, struct err *err)
{
	cleanup_free char *args = vec_join(&s->words, " ");
	cleanup_buf struct buf quoted = BUF_INIT(BUF_OURS);

	dockerfile_quote(&quoted, args);
	free(b->ret->message);
	b->ret->message =
	    xasprintf("process %s did not complete successfully: %s", quoted.s, what);
	return err_set(err, ERR_INPUT, "%s", b->ret->message);
}

/* What the child said, in BuildKit's words. */
static int
judge(struct builder *b, const struct build_step *s, const struct build_vertex *v,
    int got, const struct err *said, struct err *err)
{
	cleanup_free char *what = NULL;
	int code = said->sys;

	if (got == 1 && said->kind == ERR_EXIT && code == 0)
		return 0;
	if (got != 1)
		return set_failed(b, s, "its supervisor was killed", err);
	if (said->kind == ERR_EXEC_MISSING || said->kind == ERR_EXEC_DENIED) {
		cleanup_free char *line = xasprintf(STARTING "%s", said->text);
		build_log(b, v, line, strlen(line));
		code = 1;
	} else if (said->kind != ERR_EXIT) {
		return set_failed(b, s, said->text, err);
	}
	what = xasprintf("exit code: %d", code);
	return set_failed(b, s, what, err);
}

static int
start_child(
    struct running *r, pid_t *ret_pid, int *ret_out, int *ret_answer, struct err *err)
{
	int output[2], answer[2];

	if (pipe2(output, O_CLOEXEC) < 0)
		return err_sys(err, "making a pipe");
	cleanup_fd int out = output[0], out_end = output[1];
	if (pipe2(answer, O_CLOEXEC) < 0)
		return err_sys(err, "making a pipe");
	cleanup_fd int ans = answer[0], ans_end = answer[1];
	*ret_pid = fork();
	if (*ret_pid < 0)
		return err_sys(err, "forking");
	if (*ret_pid == 0) {
		r->out = out_end;
		r->answer = ans_end;
		child_main(r);
	}
	*ret_out = take_fd(&out);
	*ret_answer = take_fd(&ans);
	return 0;
}

static int
run_shown(
    struct builder *b, struct running *r, const struct build_vertex *v, struct err *err)
{
	struct err said = ERR_INIT;
	int out_fd = -1, answer_fd = -1;
	pid_t pid = -1;

	if (offline_lend(store_home_dir(b->store), r->shown.layers,
		holder_root_uid(r->shown.holder), r->lowers,
		str_eq(r->step->network, "host") ? OFFLINE_FOLDERS : OFFLINE_SERVED,
		&r->lent, err) < 0)
		return -1;
	int relayed = offline_relay(&r->lent, err);
	cleanup_offline struct offline lent = r->lent;
	if (relayed < 0 || start_child(r, &pid, &out_fd, &answer_fd, err) < 0)
		return -1;
	cleanup_fd int out = out_fd, answer = answer_fd;
	build_read_output(b, v, out, pid);
	int got = err_recv(answer, &said);
	proc_wait(pid);
	return judge(b, r->step, v, got, &said, err);
}

int
build_do_run(struct builder *b, const struct build_step *step,
    const struct build_vertex *v, const struct vec *lowers, struct store_draft *d,
    bool *ret_changed, struct err *err)
{
	struct running r = {.step = step,
	    .lowers = lowers,
	    .lent = OFFLINE_INIT,
	    .session = b->session,
	    .way = BUILD_WAY_INIT,
	    .parent = getpid()};
	int rc = build_shown_begin(&r.shown, b, step, d, ret_changed, err);

	if (rc == 0)
		rc = run_shown(b, &r, v, err);
	build_shown_done(&r.shown);
	return rc;
}
