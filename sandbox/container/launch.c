/*
 * launch.c - from a record to a running program
 *
 * In the monitor, in the order of fast-start.md: what needs the host's side first
 * (published ports), then into the holder, then init and, beside it, its veth.
 */
#include "sandbox/container/health.h"
#include "sandbox/container/room.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

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
	health_begin(l->dir, &l->config->health);
	return record_running(l->dir, &state, err);
}

static int
start_process(struct launch *l, struct err *err)
{
	const struct holder *h = l->holder;
	struct room *r = l->room;

	if (room_open_streams(l, err) < 0 ||
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
	room_close_theirs(r);
	l->started_at = clock_now();
	return record_started(l, err);
}

/* Into the holder, with the ports published in the outer network on the way. */
static int
go_inside(struct launch *l, const struct holder *h, struct err *err)
{
	cleanup_fd int outer = session_outer_netns(l->session);
	bool host_net = room_net(l->config->network) == RUNTIME_NET_JOIN;

	if (outer < 0 && ports_listen(l, err) < 0)
		return -1;
	if (holder_enter(h, !host_net || outer >= 0, err) < 0)
		return -1;
	if (outer < 0)
		return 0;
	if (host_net)
		return setns(outer, CLONE_NEWNET) < 0
			   ? err_sys(err, "cannot join the session's network")
			   : 0;
	return ports_listen_private(l, h, outer, err);
}

int
launch_run(struct launch *l, const struct store_image *image, struct err *err)
{
	struct store *store = session_store(l->session);
	struct holder *h = store_holder(store, err);
	int layers = h != NULL ? store_layers_dir(store, err) : -1;
	struct log_options log;

	if (layers < 0 || log_options_parse(l->config, &log, err) < 0)
		return -1;
	l->holder = h;
	if (room_net(l->config->network) == RUNTIME_NET_BRIDGE &&
	    network_address_take(session_dir(l->session), &l->address, err) < 0)
		return -1;
	if (room_open(l, image, layers, err) < 0 || go_inside(l, h, err) < 0)
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
	room_free(l->room);
	l->room = NULL;
	runtime_done(&l->proc);
	fd_close_p(&l->in);
	fd_close_p(&l->out);
	fd_close_p(&l->errfd);
	fd_close_p(&l->address.lock);
	fd_close_p(&l->lock);
	fd_close_p(&l->dir);
}
