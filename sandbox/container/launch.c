/*
 * launch.c - from a record to a running program
 *
 * In the monitor, in the order of fast-start.md: what needs the host's side first
 * (published ports), then into the holder, then init and, beside it, its veth.
 */
#include "sandbox/container/private.h"
#include "sandbox/container/shown.h"
#include "sandbox/offline/offline.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILES = 3, RESOLV_MAX = 65536 };

/* ---- ports ------------------------------------------------------------------------- */

/* Has a container of this session published the port? */
static bool
is_ours(struct session *s, const struct network_port *port)
{
	cleanup_vec struct vec ids = VEC_INIT;
	bool found = false;

	container_list(s, &ids, NULL);
	for (size_t i = 0; i < ids.len && !found; i++) {
		cleanup_container_state struct container_state st = {0};

		if (container_state(s, ids.v[i], &st, NULL) < 0 ||
		    st.status != CONTAINER_RUNNING)
			continue;
		for (size_t k = 0; k < st.nports; k++)
			found |= st.ports[k].host_port == port->host_port;
	}
	return found;
}

static int
port_failed(struct launch *l, const struct network_port *port, struct err *err)
{
	const char *ip = *port->host_ip ? port->host_ip : "0.0.0.0";
	char endpoint[65], why[ERR_TEXT_MAX];
	bool taken = err->kind == ERR_CONFLICT;

	str_random_hex(endpoint, 64);
	if (taken && is_ours(l->session, port))
		snprintf(why, sizeof why,
		    "Bind for %s:%u failed: port is already allocated", ip,
		    port->host_port);
	else
		snprintf(
		    why, sizeof why, "Error starting userland proxy: %.1500s", err->text);
	return err_set(err, err->kind,
	    "driver failed programming external connectivity on endpoint %s (%s): %s",
	    l->config->name, endpoint, why);
}

static int
listen_all(struct launch *l, struct err *err)
{
	const struct container_config *c = l->config;

	l->listeners = xcalloc(c->nports, sizeof *l->listeners);
	for (size_t i = 0; i < c->nports; i++) {
		struct network_port port = c->ports[i];

		if (network_listen(&port, &l->listeners[i], err) < 0)
			return port_failed(l, &port, err);
		l->nlisteners++;
	}
	return 0;
}

/* A private outer network is below the holder: go there to listen, and come back. */
static int
listen_private(struct launch *l, const struct holder *h, int outer, struct err *err)
{
	if (setns(outer, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot join the session's network");
	if (listen_all(l, err) < 0)
		return -1;
	return holder_enter_net(h, err);
}

/* ---- files that a container gets of its own ------------------------------------------
 */

static void
write_hosts(const struct launch *l, struct buf *b)
{
	buf_adds(b, "127.0.0.1\tlocalhost\n"
		    "::1\tlocalhost ip6-localhost ip6-loopback\n"
		    "fe00::0\tip6-localnet\n"
		    "ff00::0\tip6-mcastprefix\n"
		    "ff02::1\tip6-allnodes\n"
		    "ff02::2\tip6-allrouters\n");
	if (l->address.lock >= 0)
		buf_addf(b, "%s\t%s\n", inet_ntoa(l->address.ip), l->config->hostname);
}

static void
write_hostname(const struct launch *l, struct buf *b)
{
	buf_addf(b, "%s\n", l->config->hostname);
}

/* The host's, without name servers on its loopback, which are not the container's. */
static void
write_resolv(const struct launch *l, struct buf *b)
{
	cleanup_buf struct buf host = BUF_INIT(RESOLV_MAX);
	char *save = NULL;

	(void)l;
	if (fd_read_file(AT_FDCWD, "/etc/resolv.conf", &host, NULL) < 0)
		return;
	for (char *line = strtok_r(host.s, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		if (*line != '#' && strstr(line, "nameserver 127.") == NULL &&
		    strstr(line, "nameserver ::1") == NULL)
			buf_addf(b, "%s\n", line);
}

static const struct {
	const char *name, *target;
	void (*write)(const struct launch *l, struct buf *b);
} files[FILES] = {{"hosts", "/etc/hosts", write_hosts},
    {"hostname", "/etc/hostname", write_hostname},
    {"resolv.conf", "/etc/resolv.conf", write_resolv}};

static int
make_file(const struct launch *l, size_t i, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(BUF_OURS);
	cleanup_fd int fd =
	    openat(l->dir, files[i].name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	files[i].write(l, &b);
	if (fd < 0 || fd_write_all(fd, b.s, b.len) < 0)
		return err_sys(err, "cannot write the container's %s", files[i].name);
	return openat(l->dir, files[i].name, O_PATH | O_CLOEXEC);
}

/* ---- the runtime's spec
 * ---------------------------------------------------------------- */

struct room {
	struct runtime_spec spec;
	struct runtime_mount *mounts; /* the user's, then files, then what is lent */
	struct shown shown;
	struct vec argv, env;
	struct offline lent;
};

static int
open_streams(struct launch *l, struct runtime_spec *spec, struct err *err)
{
	int in[2] = {-1, -1}, out[2], errs[2];

	if (l->config->tty)
		return 0;
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(errs, O_CLOEXEC) < 0 ||
	    (l->config->open_stdin && pipe2(in, O_CLOEXEC) < 0))
		return err_sys(err, "cannot make pipes");
	spec->in = in[0];
	spec->out = out[1];
	spec->errfd = errs[1];
	l->in = in[1];
	l->out = out[0];
	l->errfd = errs[0];
	return 0;
}

static void
close_theirs(struct runtime_spec *spec)
{
	fd_close_p(&spec->in);
	fd_close_p(&spec->out);
	fd_close_p(&spec->errfd);
}

void
make_env(const struct container_config *c, bool tty, struct vec *env)
{
	/* the order is the engine's: an image's PATH takes this one's place */
	vec_add(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	vec_addf(env, "HOSTNAME=%s", c->hostname);
	if (tty)
		vec_add(env, "TERM=xterm");
	for (size_t i = 0; i < c->env.len; i++) {
		const char *eq = strchr(c->env.v[i], '=');
		cleanup_free char *name =
		    eq ? xstrndup(c->env.v[i], (size_t)(eq - c->env.v[i])) : NULL;

		if (name != NULL)
			vec_env_set(env, name, eq + 1);
	}
}

static int
make_mounts(struct launch *l, struct room *r, struct err *err)
{
	struct runtime_spec *spec = &r->spec;
	struct offline_mount lent[OFFLINE_MOUNTS];
	size_t nlent = offline_mounts(&r->lent, lent), user = l->config->nmounts;

	r->mounts = xcalloc(user + FILES + OFFLINE_MOUNTS, sizeof *r->mounts);
	spec->mounts = r->mounts;
	int rc = shown_open(&r->shown, l->session, l->holder, l->config, r->mounts, err);
	spec->nmounts = r->shown.len;
	if (rc < 0)
		return -1;
	for (size_t i = 0; i < FILES; i++) {
		if (container_mount_at(l->config, files[i].target) != NULL)
			continue;
		int fd = make_file(l, i, err);

		if (fd < 0)
			return -1;
		r->mounts[spec->nmounts++] = (struct runtime_mount){
		    .kind = MOUNT_BIND, .source = fd, .target = files[i].target};
	}
	for (size_t i = 0; i < nlent; i++)
		r->mounts[spec->nmounts++] = (struct runtime_mount){.kind = MOUNT_BIND,
		    .source = lent[i].source,
		    .target = lent[i].target,
		    .readonly = true};
	return 0;
}

static enum runtime_net
net_of(const char *network)
{
	if (network != NULL && str_eq(network, "none"))
		return RUNTIME_NET_NONE;
	if (network != NULL && str_eq(network, "host"))
		return RUNTIME_NET_JOIN;
	return RUNTIME_NET_BRIDGE;
}

static int
make_spec(struct launch *l, const struct store_image *image, struct room *r, int layers,
    struct err *err)
{
	const struct container_config *c = l->config;
	uid_t owner = idmap_root_uid(store_idmap(session_store(l->session)));

	vec_add_all(&r->argv, c->entrypoint.v);
	vec_add_all(&r->argv, c->cmd.v);
	make_env(c, c->tty, &r->env);
	if (offline_lend(store_home_dir(session_store(l->session)), layers, owner,
		&image->chains, OFFLINE_FOLDERS, &r->lent, err) < 0)
		return -1;
	r->spec = (struct runtime_spec){
	    .lowers_at = layers,
	    .lowers = (const char *const *)image->chains.v,
	    .nlowers = image->chains.len,
	    .dir = l->dir,
	    .under = r->lent.under,
	    .argv = (const char *const *)r->argv.v,
	    .env = (const char *const *)r->env.v,
	    .cwd = c->workdir != NULL && *c->workdir ? c->workdir : "/",
	    .user = c->user != NULL ? c->user : "",
	    .hostname = c->hostname,
	    .net = net_of(c->network),
	    .netns = -1,
	    .address = l->address.ip,
	    .gateway = network_gateway(),
	    .in = -1,
	    .out = -1,
	    .errfd = -1,
	    .tty = c->tty,
	    .rows = l->rows,
	    .cols = l->cols,
	    .readonly_root = c->readonly_root,
	};
	return make_mounts(l, r, err);
}

static void
room_done(struct room *r)
{
	for (size_t i = 0; i < r->spec.nmounts; i++)
		fd_close_p(&r->mounts[i].source);
	close_theirs(&r->spec);
	free(r->mounts);
	shown_done(&r->shown);
	vec_done(&r->argv);
	vec_done(&r->env);
	offline_done(&r->lent);
}

/* ---- the start
 * ------------------------------------------------------------------------------ */

/* containerd and runc stand between Docker and the program; their words too. */
static int
word_exec_error(struct err *err)
{
	if (err->kind != ERR_EXEC_MISSING && err->kind != ERR_EXEC_DENIED)
		return -1;
	err_while(err,
	    "failed to create task for container: failed to create shim task: OCI "
	    "runtime create failed: runc create failed: unable to start container "
	    "process");
	size_t len = strlen(err->text);
	snprintf(err->text + len, sizeof err->text - len, ": unknown%s",
	    str_ends(err->text, "is a directory") ? ": permission denied" : "");
	return -1;
}

static int
record_started(struct launch *l, struct err *err)
{
	struct container_state state = {.pid = l->proc.pid,
	    .start_time = proc_start_time(l->proc.pid),
	    .started_at = l->started_at,
	    .restarts = l->restarts,
	    .nports = l->nlisteners};
	cleanup_free struct network_port *ports = xcalloc(l->nlisteners, sizeof *ports);

	for (size_t i = 0; i < l->nlisteners; i++)
		ports[i] = l->listeners[i].port;
	state.ports = ports;
	if (l->address.lock >= 0)
		snprintf(state.ip, sizeof state.ip, "%s", inet_ntoa(l->address.ip));
	return record_running(l->dir, &state, err);
}

static int
start_process(struct launch *l, struct err *err)
{
	const struct holder *h = l->holder;
	struct room *r = l->room;

	if (open_streams(l, &r->spec, err) < 0 ||
	    runtime_prepare(h, &r->spec, &l->proc, err) < 0)
		return -1;
	if (r->spec.net == RUNTIME_NET_BRIDGE &&
	    network_attach(session_name(l->session), l->config->id, l->proc.pid, err) <
		0) {
		kill(l->proc.pid, SIGKILL);
		proc_wait(l->proc.pid);
		return -1;
	}
	if (runtime_go(&l->proc, err) < 0)
		return word_exec_error(err);
	close_theirs(&r->spec);
	l->started_at = clock_now();
	return record_started(l, err);
}

/* Into the holder, with the ports published in the outer network on the way. */
static int
go_inside(struct launch *l, const struct holder *h, struct err *err)
{
	cleanup_fd int outer = session_outer_netns(l->session);
	bool host_net = net_of(l->config->network) == RUNTIME_NET_JOIN;

	if (outer < 0 && listen_all(l, err) < 0)
		return -1;
	if (holder_enter(h, !host_net || outer >= 0, err) < 0)
		return -1;
	if (outer < 0)
		return 0;
	if (host_net)
		return setns(outer, CLONE_NEWNET) < 0
			   ? err_sys(err, "cannot join the session's network")
			   : 0;
	return listen_private(l, h, outer, err);
}

int
launch_run(struct launch *l, const struct store_image *image, struct err *err)
{
	struct store *store = session_store(l->session);
	struct holder *h = store_holder(store, err);
	int layers = h != NULL ? store_layers_dir(store, err) : -1;

	if (layers < 0)
		return -1;
	l->holder = h;
	l->room = xmalloc(sizeof *l->room);
	*l->room = (struct room){
	    .lent = OFFLINE_INIT, .shown = SHOWN_INIT, .argv = VEC_INIT, .env = VEC_INIT};
	if (net_of(l->config->network) == RUNTIME_NET_BRIDGE &&
	    network_address_take(session_dir(l->session), &l->address, err) < 0)
		return -1;
	if (make_spec(l, image, l->room, layers, err) < 0 || go_inside(l, h, err) < 0)
		return -1;
	return start_process(l, err);
}

void
launch_ended(struct launch *l)
{
	runtime_done(&l->proc);
	l->proc = (struct runtime_proc)RUNTIME_PROC_INIT;
}

int
launch_again(struct launch *l, struct err *err)
{
	l->restarts++;
	if (shown_again(&l->room->shown, err) < 0)
		return -1;
	return start_process(l, err);
}

void
launch_done(struct launch *l)
{
	for (size_t i = 0; i < l->nlisteners; i++)
		network_listener_done(&l->listeners[i]);
	free(l->listeners);
	l->listeners = NULL;
	l->nlisteners = 0;
	if (l->room != NULL)
		room_done(l->room);
	free(l->room);
	l->room = NULL;
	runtime_done(&l->proc);
	fd_close_p(&l->in);
	fd_close_p(&l->out);
	fd_close_p(&l->errfd);
	fd_close_p(&l->address.lock);
	fd_close_p(&l->lock);
	fd_close_p(&l->dir);
}
