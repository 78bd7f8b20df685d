/*
 * launch.c - from a record to a running program
 *
 * In the monitor, in the order of fast-start.md: what needs the host's side first
 * (published ports), then into the holder, then init and, beside it, its veth.
 */
#include "sandbox/container/health.h"
#include "sandbox/container/joints.h"
#include "sandbox/container/room.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
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

static void
fill_address(const struct joint *j, struct container_address *ret)
{
	const unsigned char *m = j->link.mac;

	str_copy(ret->network_id, sizeof ret->network_id, j->network.id);
	str_copy(ret->endpoint_id, sizeof ret->endpoint_id, j->endpoint_id);
	str_copy(ret->ip, sizeof ret->ip, inet_ntoa(j->address.ip));
	if (!j->network.internal)
		str_copy(
		    ret->gateway, sizeof ret->gateway, inet_ntoa(j->network.gateway));
	snprintf(ret->mac, sizeof ret->mac, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1],
	    m[2], m[3], m[4], m[5]);
	ret->bits = j->network.bits;
}

int
launch_record(struct launch *l, bool again, struct err *err)
{
	struct container_state state = {.pid = l->proc.pid,
	    .start_time = proc_start_time(l->proc.pid),
	    .started_at = l->started_at,
	    .restarts = l->restarts,
	    .naddresses = l->njoints,
	    .nports = l->nlisteners};
	cleanup_free struct network_port *ports = xcalloc(l->nlisteners, sizeof *ports);
	cleanup_free struct container_address *addresses =
	    xcalloc(l->njoints, sizeof *addresses);

	for (size_t i = 0; i < l->nlisteners; i++)
		ports[i] = l->listeners[i].port;
	for (size_t i = 0; i < l->njoints; i++)
		fill_address(&l->joints[i], &addresses[i]);
	state.ports = ports;
	state.addresses = addresses;
	if (!again)
		health_begin(l->dir, &l->config->health);
	return record_running(l->dir, &state, again, err);
}

static int
start_process(struct launch *l, struct err *err)
{
	const struct holder *h = l->holder;
	struct room *r = l->room;

	if (room_open_streams(l, err) < 0 ||
	    runtime_prepare(h, &r->spec, &l->proc, err) < 0)
		return -1;
	if (limits_join(&l->groups, l->proc.pid) < 0)
		log_debug("the container is in no group: %s", strerror(errno));
	if (r->spec.net == RUNTIME_NET_BRIDGE && joints_attach(l, err) < 0) {
		kill(l->proc.pid, SIGKILL);
		proc_wait(l->proc.pid);
		joints_leave(l, false);
		return -1;
	}
	if (runtime_go(&l->proc, err) < 0) {
		joints_leave(l, false);
		return word_exec_error(err);
	}
	room_close_theirs(r);
	l->started_at = clock_now();
	return launch_record(l, false, err);
}

/* ---- the network that it starts in ---------------------------------------------------
 */

/* For questions about names that are not ours: in the outer network. */
static void
open_outer_dns(struct launch *l)
{
	l->outer_dns[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	l->outer_dns[1] = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int
open_other(struct launch *l, struct err *err)
{
	const char *other = l->config->network != NULL
				? str_after(l->config->network, "container:")
				: NULL;
	cleanup_container_state struct container_state st = {0};

	if (other == NULL)
		return 0;
	if (container_state(l->session, other, &st, err) < 0)
		return -1;
	l->other_netns = open_first(&st); /* setns(2) takes a pidfd as well */
	return l->other_netns >= 0
		   ? 0
		   : err_set(err, ERR_CONFLICT,
			 "cannot join network of a non running container: %s", other);
}

/* As it is now: a further start finds it anew. */
static int
open_shared(struct launch *l, const char *mode, const char *word,
    struct runtime_other *ret, struct err *err)
{
	const char *other = mode != NULL ? str_after(mode, "container:") : NULL;
	cleanup_container_state struct container_state st = {0};
	cleanup_container_config struct container_config *c = NULL;

	fd_close_p(&ret->pidfd);
	if (other == NULL)
		return 0;
	if (container_load(l->session, other, &c, err) < 0 ||
	    container_state(l->session, other, &st, err) < 0) {
		err_clear(err);
		return err_set(err, ERR_CONFLICT,
		    "failed to join %s namespace: No such container: %s", word, other);
	}
	ret->pidfd = open_first(&st);
	ret->first = st.pid;
	if (ret->pidfd < 0)
		return err_set(err, ERR_CONFLICT,
		    "failed to join %s namespace: container %s is not running", word,
		    other);
	if (ret == &l->ipc && (c->ipc == NULL || !str_eq(c->ipc, "shareable")))
		return err_set(err, ERR_CONFLICT,
		    "failed to join IPC namespace: container %s: non-shareable IPC "
		    "(hint: use IpcMode:shareable for the donor container)",
		    other);
	return 0;
}

static int
open_others(struct launch *l, struct err *err)
{
	return open_shared(l, l->config->ipc, "IPC", &l->ipc, err) < 0
		   ? -1
		   : open_shared(l, l->config->pid, "PID", &l->pids, err);
}

/* Into the holder, with the ports published in the outer network on the way. */
static int
go_inside(struct launch *l, const struct holder *h, struct err *err)
{
	cleanup_fd int outer = session_outer_netns(l->session);
	bool host_net = l->config->network != NULL && str_eq(l->config->network, "host");

	if (outer < 0 && ports_listen(l, err) < 0)
		return -1;
	if (outer < 0 && joints_named(l))
		open_outer_dns(l);
	/* a network of the session's own leads nowhere */
	if (outer < 0 && joints_outlet(l) != NULL && network_leads_out() &&
	    (l->outlet = network_outlet_open(err)) < 0)
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
	if (files_check_links(l, err) < 0 || joints_open(l, err) < 0 ||
	    open_other(l, err) < 0 || open_others(l, err) < 0)
		return -1;
	if (room_open(l, image, layers, err) < 0)
		return -1;
	limits_open(&l->groups, AT_FDCWD, NULL, l->config->id, &l->room->use,
	    idmap_root_uid(store_idmap(store)));
	l->room->spec.use_held = l->groups.held;
	if (go_inside(l, h, err) < 0)
		return -1;
	return start_process(l, err);
}

void
launch_ended(struct launch *l)
{
	joints_leave(l, true);
	runtime_done(&l->proc);
	l->proc = (struct runtime_proc)RUNTIME_PROC_INIT;
}

int
launch_again(struct launch *l, struct err *err)
{
	l->restarts++;
	if (open_others(l, err) < 0 || shown_again(&l->room->shown, err) < 0)
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
	limits_done(&l->groups);
	runtime_done(&l->proc);
	fd_close_p(&l->in);
	fd_close_p(&l->out);
	fd_close_p(&l->errfd);
	joints_free(l);
	fd_close_p(&l->other_netns);
	fd_close_p(&l->pids.pidfd);
	fd_close_p(&l->ipc.pidfd);
	fd_close_p(&l->outlet);
	fd_close_p(&l->tap);
	for (size_t i = 0; i < ARRAY_LEN(l->outer_dns); i++)
		fd_close_p(&l->outer_dns[i]);
	for (size_t i = 0; i < ARRAY_LEN(l->files); i++)
		fd_close_p(&l->files[i]);
	fd_close_p(&l->lock);
	fd_close_p(&l->dir);
}
