/*
 * ports.c - published ports of a start: listening in the outer network
 */
#include "sandbox/container/joints.h"
#include "sandbox/container/room.h"
#include <sched.h>
#include <stdlib.h>

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
			found |= st.ports[k].host_port == port->host_port &&
				 str_eq(st.ports[k].proto, port->proto);
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

int
ports_listen(struct launch *l, struct err *err)
{
	const struct container_config *c = l->config;

	if (joints_outlet(l) == NULL)
		return 0; /* none, host, an inner network: nothing is published */
	l->listeners = xcalloc(c->nports, sizeof *l->listeners);
	for (size_t i = 0; i < c->nports; i++) {
		struct network_port port = c->ports[i];

		if (network_listen(&port, &l->listeners[i], err) < 0)
			return port_failed(l, &port, err);
		l->nlisteners++;
	}
	return 0;
}

int
ports_listen_private(struct launch *l, const struct holder *h, int outer, struct err *err)
{
	if (setns(outer, CLONE_NEWNET) < 0)
		return err_sys(err, "cannot join the session's network");
	if (ports_listen(l, err) < 0)
		return -1;
	return holder_enter_net(h, err);
}
