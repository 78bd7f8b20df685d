/*
 * connect.c - docker network connect and disconnect, and what keeps a network
 *
 * The record is changed first; a monitor is then told, and when it cannot, the record is
 * put back.
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static bool
is_shared(const struct container_config *c)
{
	return c->network != NULL &&
	       (str_starts(c->network, "container:") || str_eq(c->network, "host"));
}

/* Sends the message to the monitor of a running container; waits for what it says. */
static int
tell(int dir, json_t *taken, struct err *err)
{
	cleanup_json json_t *message = taken;
	cleanup_free char *text = json_dumps(message, JSON_COMPACT);
	cleanup_fd int sock = attach_knock(dir, err);

	if (sock < 0)
		return -1;
	if (wire_send(sock, WIRE_NETWORK, text, strlen(text), 0) < 0)
		return err_sys(err, "cannot reach the container's monitor");
	return wait_started(sock, err);
}

static bool
runs(struct session *s, const char *id)
{
	cleanup_container_state struct container_state st = {0};

	return container_state(s, id, &st, NULL) == 0 && st.status == CONTAINER_RUNNING;
}

static int
check_join(const struct container_config *c, const struct session_network *n,
    const struct container_endpoint *wanted, struct err *err)
{
	bool private = c->nendpoints > 0 && str_eq(c->endpoints[0].network, "none");

	if (str_eq(n->name, "host") || (c->network != NULL && str_eq(c->network, "host")))
		return err_set(err, ERR_INPUT,
		    "container cannot be disconnected from host network or connected to "
		    "host network");
	if (is_shared(c))
		return err_set(err, ERR_INPUT,
		    "container sharing network namespace with another container or host "
		    "cannot be connected to any other network");
	if (private || (str_eq(n->name, "none") && c->nendpoints > 0))
		return err_set(err, ERR_INPUT,
		    "container cannot be connected to multiple networks with one of the "
		    "networks in private (none) mode");
	if (n->predefined && wanted->ip != NULL)
		return err_set(err, ERR_INPUT,
		    "user specified IP address is supported on user defined networks "
		    "only");
	if (n->predefined && wanted->aliases.len > 0)
		return err_set(err, ERR_INPUT,
		    "network-scoped alias is supported only for containers in user "
		    "defined networks");
	if (endpoint_on(c, n->id) != NULL)
		return err_set(err, ERR_CONFLICT,
		    "endpoint with name %s already exists in network %s", c->name,
		    n->name);
	return 0;
}

static void
drop_endpoint(struct container_config *c, const char *network_id)
{
	struct container_endpoint *e = endpoint_on(c, network_id);
	size_t at = (size_t)(e - c->endpoints);

	container_endpoint_done(e);
	memmove(e, e + 1, (--c->nendpoints - at) * sizeof *e);
}

int
container_connect(struct session *s, const char *id, const struct session_network *n,
    const struct container_endpoint *wanted, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_fd int dir = container_open_dir(s, id, err);
	cleanup_json json_t *copy = endpoint_to_json(wanted);
	struct container_endpoint *e;
	int rc = 0;

	if (dir < 0 || container_load(s, id, &c, err) < 0 ||
	    check_join(c, n, wanted, err) < 0)
		return -1;
	e = container_add_endpoint(c, n->name);
	container_endpoint_done(e);
	endpoint_from_json(copy, e);
	free(e->network);
	e->network = xstrdup(n->name);
	str_copy(e->network_id, sizeof e->network_id, n->id);
	e->by_connect = true;
	if (endpoints_write(dir, c, err) < 0)
		return -1;
	if (runs(s, id))
		rc = tell(dir,
		    json_pack("{s:o, s:o}", "network", session_network_to_json(n),
			"endpoint", endpoint_to_json(e)),
		    err);
	if (rc < 0) {
		drop_endpoint(c, n->id);
		(void)endpoints_write(dir, c, NULL);
	}
	return rc;
}

int
container_disconnect(struct session *s, const char *id, const struct session_network *n,
    bool force, struct err *err)
{
	cleanup_container_config struct container_config *c = NULL;
	cleanup_fd int dir = container_open_dir(s, id, err);

	if (dir < 0 || container_load(s, id, &c, err) < 0)
		return -1;
	if (str_eq(n->name, "host") && is_shared(c))
		return err_set(err, ERR_INPUT,
		    "container cannot be disconnected from host network or connected to "
		    "host network");
	if (endpoint_on(c, n->id) == NULL)
		return force ? 0
			     : err_set(err, ERR_NOT_FOUND,
				   "container %s is not connected to network %s", c->id,
				   n->name);
	drop_endpoint(c, n->id);
	if (endpoints_write(dir, c, err) < 0)
		return -1;
	return runs(s, id) ? tell(dir, json_pack("{s:s}", "leave", n->id), err) : 0;
}

/* ---- who is on it --------------------------------------------------------------------
 */

bool
container_network_active(struct session *s, const struct session_network *n)
{
	cleanup_vec struct vec ids = VEC_INIT;

	container_list(s, &ids, NULL);
	for (size_t i = 0; i < ids.len; i++) {
		cleanup_container_state struct container_state st = {0};

		if (container_state(s, ids.v[i], &st, NULL) < 0 ||
		    st.status != CONTAINER_RUNNING)
			continue;
		for (size_t k = 0; k < st.naddresses; k++)
			if (str_eq(st.addresses[k].network_id, n->id))
				return true;
	}
	return false;
}

static int
remove_bridge(void *arg, struct err *err)
{
	const struct session_network *n = arg;

	return network_bridge_remove(n->id, err);
}

int
container_network_remove(
    struct session *s, const struct session_network *n, struct err *err)
{
	struct holder *h;

	if (n->predefined)
		return err_set(err, ERR_CONFLICT,
		    "%s is a pre-defined network and cannot be removed", n->name);
	if (container_network_active(s, n))
		return err_set(err, ERR_CONFLICT,
		    "error while removing network: network %s id %s has active endpoints",
		    n->name, n->id);
	if (session_network_remove(s, n, err) < 0)
		return -1;
	h = store_holder(session_store(s), NULL);
	if (h == NULL || holder_call(h, HOLDER_NET, remove_bridge, (void *)n, NULL) < 0)
		log_debug(
		    "the bridge of network %s stays until the holder leaves", n->name);
	session_event(s, "network", "destroy", n->id,
	    json_pack("{s:s, s:s}", "name", n->name, "type", n->driver));
	return 0;
}

static int
remove_bridges(void *arg, struct err *err)
{
	const struct session_networks *all = arg;
	int rc = 0;

	for (size_t i = 0; i < all->len; i++)
		if (str_eq(all->list[i].driver, "bridge") &&
		    network_bridge_remove(all->list[i].id, err) < 0)
			rc = -1;
	return rc;
}

void
container_networks_leave(struct session *s)
{
	cleanup_session_networks struct session_networks all = {0};
	struct holder *h = store_holder(session_store(s), NULL);

	if (h == NULL || session_networks(s, &all, NULL) < 0 ||
	    holder_call(h, HOLDER_NET, remove_bridges, &all, NULL) < 0)
		log_debug("bridges of a session stay until the holder leaves");
}
