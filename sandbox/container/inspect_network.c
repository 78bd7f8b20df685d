/*
 * inspect_network.c - networks as `docker inspect` shows them, engine 26.1
 */
#include "sandbox/container/private.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

static const struct container_address *
address_on(const struct container_state *st, const char *network_id)
{
	for (size_t i = 0; i < st->naddresses; i++)
		if (str_eq(st->addresses[i].network_id, network_id))
			return &st->addresses[i];
	return NULL;
}

static json_t *
ipam_config(const struct container_endpoint *e)
{
	if (e->ip != NULL)
		return json_pack("{s:s}", "IPv4Address", e->ip);
	return e->by_connect ? json_object() : json_null();
}

/* Only networks with names have them. */
static json_t *
dns_names(const struct container_config *c, const struct container_endpoint *e)
{
	cleanup_vec struct vec names = VEC_INIT;
	char shorter[13];

	if (str_eq(e->network, "bridge") || str_eq(e->network, "host") ||
	    str_eq(e->network, "none"))
		return json_null();
	str_copy(shorter, sizeof shorter, c->id);
	vec_add(&names, c->name);
	for (size_t i = 0; i < e->aliases.len; i++)
		if (!vec_has(&names, e->aliases.v[i]))
			vec_add(&names, e->aliases.v[i]);
	vec_add(&names, shorter);
	if (!vec_has(&names, c->hostname))
		vec_add(&names, c->hostname);
	return json_from_vec(&names);
}

static json_t *
endpoint(const struct container_config *c, const struct container_endpoint *e,
    const struct container_state *st)
{
	const struct container_address *a = address_on(st, e->network_id);
	json_t *j = json_object();

	json_object_set_new(j, "IPAMConfig", ipam_config(e));
	json_object_set_new(j, "Links", list_or_null(&e->links));
	json_object_set_new(j, "Aliases",
	    e->aliases.len == 0 && e->by_connect ? json_array()
						 : list_or_null(&e->aliases));
	json_object_set_new(j, "MacAddress", json_string(a != NULL ? a->mac : ""));
	json_object_set_new(j, "DriverOpts", json_null());
	json_object_set_new(j, "NetworkID", json_string(e->network_id));
	json_object_set_new(
	    j, "EndpointID", json_string(a != NULL ? a->endpoint_id : ""));
	json_object_set_new(j, "Gateway", json_string(a != NULL ? a->gateway : ""));
	json_object_set_new(j, "IPAddress", json_string(a != NULL ? a->ip : ""));
	json_object_set_new(j, "IPPrefixLen", json_integer(a != NULL ? a->bits : 0));
	json_object_set_new(j, "IPv6Gateway", json_string(""));
	json_object_set_new(j, "GlobalIPv6Address", json_string(""));
	json_object_set_new(j, "GlobalIPv6PrefixLen", json_integer(0));
	json_object_set_new(j, "DNSNames", dns_names(c, e));
	return j;
}

json_t *
endpoints_inspect(
    struct session *s, const struct container_config *c, const struct container_state *st)
{
	json_t *j = json_object();

	(void)s;
	for (size_t i = 0; i < c->nendpoints; i++)
		json_object_set_new(
		    j, c->endpoints[i].network, endpoint(c, &c->endpoints[i], st));
	return j;
}

/* ---- docker network inspect ----------------------------------------------------------
 */

static json_t *
pairs(const struct vec *v)
{
	json_t *j = json_object();

	for (size_t i = 0; i < v->len; i++) {
		cleanup_free char *key = xstrndup(v->v[i], strcspn(v->v[i], "="));

		json_object_set_new(j, key, json_string(vec_env_get(v, key)));
	}
	return j;
}

static json_t *
cidr(struct in_addr ip, unsigned bits)
{
	return json_sprintf("%s/%u", inet_ntoa(ip), bits);
}

static json_t *
ipam(const struct session_network *n)
{
	json_t *pool = json_object(), *j = json_object();

	json_object_set_new(j, "Driver", json_string("default"));
	json_object_set_new(j, "Options", n->predefined ? json_null() : json_object());
	if (n->bits > 0) {
		json_object_set_new(pool, "Subnet", cidr(n->subnet, n->bits));
		if (n->range_bits > 0)
			json_object_set_new(
			    pool, "IPRange", cidr(n->range, n->range_bits));
		json_object_set_new(pool, "Gateway", json_string(inet_ntoa(n->gateway)));
	}
	if (n->bits > 0)
		json_object_set_new(j, "Config", json_pack("[o]", pool));
	else
		json_object_set_new(j, "Config", json_null());
	if (n->bits == 0)
		json_decref(pool);
	return j;
}

static void
add_member(
    json_t *map, const struct container_config *c, const struct container_address *a)
{
	json_t *j = json_object();

	json_object_set_new(j, "Name", json_string(c->name));
	json_object_set_new(j, "EndpointID", json_string(a->endpoint_id));
	json_object_set_new(j, "MacAddress", json_string(a->mac));
	json_object_set_new(j, "IPv4Address", json_sprintf("%s/%u", a->ip, a->bits));
	json_object_set_new(j, "IPv6Address", json_string(""));
	json_object_set_new(map, c->id, j);
}

/* The running ones, by id as Go prints maps. */
static json_t *
members(struct session *s, const struct session_network *n)
{
	cleanup_vec struct vec ids = VEC_INIT;
	json_t *map = json_object();

	container_list(s, &ids, NULL);
	vec_sort(&ids);
	for (size_t i = 0; i < ids.len; i++) {
		cleanup_container_config struct container_config *c = NULL;
		cleanup_container_state struct container_state st = {0};
		const struct container_address *a;

		if (container_load(s, ids.v[i], &c, NULL) < 0 ||
		    container_state(s, ids.v[i], &st, NULL) < 0 ||
		    st.status != CONTAINER_RUNNING)
			continue;
		a = address_on(&st, n->id);
		if (a != NULL)
			add_member(map, c, a);
	}
	return map;
}

static json_t *
options(const struct session_network *n)
{
	if (!n->predefined || n->bits == 0)
		return pairs(&n->options);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}",
	    "com.docker.network.bridge.default_bridge", "true",
	    "com.docker.network.bridge.enable_icc", "true",
	    "com.docker.network.bridge.enable_ip_masquerade", "true",
	    "com.docker.network.bridge.host_binding_ipv4", "0.0.0.0",
	    "com.docker.network.bridge.name", "docker0", "com.docker.network.driver.mtu",
	    "1500");
}

json_t *
container_network_inspect(struct session *s, const char *name, struct err *err)
{
	cleanup_session_network struct session_network n = SESSION_NETWORK_INIT;
	char created[CLOCK_TEXT];
	json_t *j;

	if (session_network_find(s, name, &n, err) < 0)
		return NULL;
	clock_format(n.created, created);
	j = json_object();
	json_object_set_new(j, "Name", json_string(n.name));
	json_object_set_new(j, "Id", json_string(n.id));
	json_object_set_new(j, "Created", json_string(created));
	json_object_set_new(j, "Scope", json_string("local"));
	json_object_set_new(j, "Driver", json_string(n.driver));
	json_object_set_new(j, "EnableIPv6", json_false());
	json_object_set_new(j, "IPAM", ipam(&n));
	json_object_set_new(j, "Internal", json_boolean(n.internal));
	json_object_set_new(j, "Attachable", json_boolean(n.attachable));
	json_object_set_new(j, "Ingress", json_false());
	json_object_set_new(j, "ConfigFrom", json_pack("{s:s}", "Network", ""));
	json_object_set_new(j, "ConfigOnly", json_false());
	json_object_set_new(j, "Containers", members(s, &n));
	json_object_set_new(j, "Options", options(&n));
	json_object_set_new(j, "Labels", pairs(&n.labels));
	return j;
}
