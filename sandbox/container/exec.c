/*
 * exec.c - one more program in a container that runs
 *
 * Its parent is a KEEPER, a fork of the command, as the monitor is for the container:
 * the program goes on when the command is killed, and ends with the container.
 */
#include "sandbox/container/relay.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

struct keeper {
	struct session *session;
	const struct container_config *config;
	const struct container_exec *x;
	pid_t first;
	int pidfd; /* of first */
	int dir;   /* the container's folder */
	char exec_id[65];
	struct runtime_proc proc;
	struct relay relay;
};

/* action: "exec_create", "exec_start", with the command behind them, or "exec_die" with
 * the code. */
static void
exec_event(struct keeper *k, const char *action, int code)
{
	cleanup_vec struct vec rest = VEC_INIT;
	cleanup_free char *words = NULL, *text = NULL;
	json_t *more = json_pack("{s:s}", "execID", k->exec_id);

	vec_add_all(&rest, (char *const *)k->x->argv + 1);
	words = vec_join(&rest, " ");
	text = code < 0 ? xasprintf("%s: %s %s", action, k->x->argv[0], words)
			: xstrdup(action);
	if (code >= 0)
		json_object_set_new(more, "exitCode", json_sprintf("%d", code));
	container_event_more(k->session, k->config, text, more);
}

/* Pipes in the container's ids, so that they can be given to the user. */
static int
open_pipes(struct keeper *k, struct runtime_spec *spec, struct err *err)
{
	int in[2] = {-1, -1}, out[2], errs[2];

	if (spec->tty)
		return 0;
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(errs, O_CLOEXEC) < 0 ||
	    (k->x->a.in && pipe2(in, O_CLOEXEC) < 0))
		return err_sys(err, "cannot make pipes");
	spec->in = in[0];
	spec->out = out[1];
	spec->errfd = errs[1];
	k->relay.in = in[1];
	k->relay.out = out[0];
	k->relay.errfd = errs[0];
	return 0;
}

static void
open_terminal(struct keeper *k)
{
	if (k->proc.console < 0)
		return;
	k->relay.console = k->proc.console;
	k->relay.out = fcntl(k->proc.console, F_DUPFD_CLOEXEC, 3);
	k->relay.in = fcntl(k->proc.console, F_DUPFD_CLOEXEC, 3);
}

/* A container on the host's network is where the session's outer network is. */
static int
join_outer(struct keeper *k, struct err *err)
{
	cleanup_fd int outer = session_outer_netns(k->session);

	if (outer >= 0 && setns(outer, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot join the session's network");
	return 0;
}

/* Its network is below another container's user namespace: entered from ours. */
static int
join_shared(struct keeper *k, struct err *err)
{
	return setns(k->pidfd, CLONE_NEWNET) < 0
		   ? err_sys(err, "cannot join the container's network")
		   : 0;
}

static int
start(struct keeper *k, const struct holder *h, const struct vec *env, struct err *err)
{
	const struct container_config *c = k->config;
	bool host = c->network != NULL && str_eq(c->network, "host");
	bool shared = c->network != NULL && str_starts(c->network, "container:");
	const char *cwd = k->x->cwd != NULL ? k->x->cwd : c->workdir;
	const char *user = k->x->user != NULL ? k->x->user : c->user;
	struct runtime_rights rights;
	struct runtime_limits limits;
	cleanup_limits struct limits groups = LIMITS_INIT;
	struct runtime_spec spec = {.dir = k->dir,
	    .rights = &rights,
	    .use = &limits,
	    .argv = k->x->argv,
	    .env = (const char *const *)env->v,
	    .cwd = cwd != NULL && *cwd ? cwd : "/",
	    .user = user != NULL ? user : "",
	    .groups = (const char *const *)c->group_add.v,
	    .net = host || shared ? RUNTIME_NET_JOIN : RUNTIME_NET_BRIDGE,
	    .in = -1,
	    .out = -1,
	    .errfd = -1,
	    .tty = k->x->a.tty,
	    .rows = k->x->a.rows,
	    .cols = k->x->a.cols};
	int rc;

	rights_of(c, &rights);
	limits_of(&c->limits, &limits);
	limits_of_first(k->first, c->id, &groups);
	spec.use_held = groups.held;
	if (k->x->privileged)
		rights.caps = RUNTIME_CAPS_ALL;
	if (holder_enter(h, false, err) < 0 || (host && join_outer(k, err) < 0) ||
	    (shared && join_shared(k, err) < 0) || open_pipes(k, &spec, err) < 0)
		return -1;
	rc = runtime_join(h, k->first, k->pidfd, &spec, &k->proc, err);
	fd_close_p(&spec.in);
	fd_close_p(&spec.out);
	fd_close_p(&spec.errfd);
	if (rc == 0 && limits_join(&groups, k->proc.pid) < 0)
		log_debug("the program is in no group: %s", strerror(errno));
	return rc < 0 ? -1 : runtime_go(&k->proc, err);
}

static _Noreturn void
keeper_main(struct keeper *k, const struct holder *h, int sock)
{
	cleanup_vec struct vec env = VEC_INIT;
	struct err err = ERR_INIT;
	int code;

	become_keeper();
	signal(SIGPIPE, SIG_IGN);
	make_env(k->config, k->x->a.tty, &env);
	for (size_t i = 0; k->x->env != NULL && i < k->x->env->len; i++) {
		cleanup_free char *name = xstrdup(k->x->env->v[i]);
		char *eq = strchr(name, '=');

		if (eq != NULL) {
			*eq = '\0';
			vec_env_set(&env, name, eq + 1);
		}
	}
	relay_init(&k->relay);
	if (start(k, h, &env, &err) < 0) {
		wire_send(sock, WIRE_FAILED, &err, sizeof err, 0);
		_exit(1);
	}
	exec_event(k, "exec_start", -1);
	open_terminal(k);
	k->relay.pidfd = k->proc.pidfd;
	k->relay.in_once = !k->x->a.tty;
	wire_send(sock, WIRE_STARTED, NULL, 0, 0);
	if (k->x->detach)
		fd_close_p(&sock);
	else
		relay_add_client(&k->relay, sock, k->x->a.in, true);
	relay_run(&k->relay);
	code = proc_wait(k->proc.pid);
	runtime_done(&k->proc);
	exec_event(k, "exec_die", code);
	relay_done(&k->relay, code);
	_exit(0);
}

/* What containerd and runc put in front. */
int
word_exec_failure(struct err *err)
{
	if (err->kind == ERR_CONFLICT)
		return -1;
	if (err->kind == ERR_EXEC_MISSING || err->kind == ERR_EXEC_DENIED) {
		const char *more =
		    str_ends(err->text, "is a directory") ? ": permission denied" : "";
		char text[ERR_TEXT_MAX];

		snprintf(text, sizeof text, "%.1500s%s", err->text, more);
		return err_set(err, err->kind,
		    "OCI runtime exec failed: exec failed: unable to start container "
		    "process: %s: unknown",
		    text);
	}
	return -1;
}

int
container_exec(
    struct session *s, const char *id, const struct container_exec *x, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_container_state struct container_state st = {0};
	struct keeper k = {.session = s, .x = x, .proc = RUNTIME_PROC_INIT};
	struct holder *h = NULL;
	int pair[2];
	pid_t pid;

	if (container_load(s, id, &c, err) < 0 || container_state(s, id, &st, err) < 0)
		return -1;
	cleanup_fd int first = open_first(&st), dir = container_open_dir(s, id, err);
	if (dir < 0)
		return -1;
	if (first < 0)
		return err_set(err, ERR_CONFLICT, "container %s is not running", id);
	h = store_holder(session_store(s), err);
	if (h == NULL)
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(err, "cannot make a socket");
	cleanup_fd int ours = pair[0], theirs = pair[1];
	k.config = c;
	k.first = st.pid;
	k.pidfd = first;
	k.dir = dir;
	str_random_hex(k.exec_id, 64);
	exec_event(&k, "exec_create", -1);
	pid = fork();
	if (pid < 0)
		return err_sys(err, "cannot fork");
	if (pid == 0) {
		close(ours);
		keeper_main(&k, h, theirs);
	}
	fd_close_p(&theirs);
	if (wait_started(ours, err) < 0)
		return word_exec_failure(err);
	return x->detach ? 0 : client_follow(ours, &x->a, err);
}
