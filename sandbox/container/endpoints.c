/*
 * endpoints.c - which networks a container is to be on: networks.json in its folder
 *
 * Beside config.json, which never changes, because `docker network connect` does.
 */
#include "sandbox/container/private.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_NAME "networks.json"

void
container_endpoint_done(struct container_endpoint *e)
{
	free(e->network);
	vec_done(&e->aliases);
	vec_done(&e->links);
	free(e->ip);
	free(e->mac);
}

void
endpoints_free(struct container_config *c)
{
	for (size_t i = 0; i < c->nendpoints; i++)
		container_endpoint_done(&c->endpoints[i]);
	free(c->endpoints);
	c->endpoints = NULL;
	c->nendpoints = 0;
}

struct container_endpoint *
container_add_endpoint(struct container_config *c, const char *network)
{
	struct container_endpoint *e;

	c->endpoints = xrealloc(c->endpoints, (c->nendpoints + 1) * sizeof *c->endpoints);
	e = &c->endpoints[c->nendpoints++];
	*e = (struct container_endpoint){
	    .network = xstrdup(network), .aliases = VEC_INIT, .links = VEC_INIT};
	return e;
}

struct container_endpoint *
endpoint_on(const struct container_config *c, const char *network_id)
{
	for (size_t i = 0; i < c->nendpoints; i++)
		if (str_eq(c->endpoints[i].network_id, network_id))
			return &c->endpoints[i];
	return NULL;
}

json_t *
endpoint_to_json(const struct container_endpoint *e)
{
	json_t *j = json_pack("{s:s, s:s, s:b}", "network", e->network, "id",
	    e->network_id, "by_connect", e->by_connect);

	json_object_set_new(j, "aliases", json_from_vec(&e->aliases));
	json_object_set_new(j, "links", json_from_vec(&e->links));
	if (e->ip != NULL)
		json_object_set_new(j, "ip", json_string(e->ip));
	if (e->mac != NULL)
		json_object_set_new(j, "mac", json_string(e->mac));
	return j;
}

static char *
maybe(const json_t *j, const char *key)
{
	const char *s = json_get_str(j, key, NULL);

	return s != NULL ? xstrdup(s) : NULL;
}

void
endpoint_from_json(const json_t *j, struct container_endpoint *e)
{
	*e = (struct container_endpoint){
	    .network = xstrdup(json_get_str(j, "network", "")),
	    .aliases = VEC_INIT,
	    .links = VEC_INIT,
	    .ip = maybe(j, "ip"),
	    .mac = maybe(j, "mac"),
	    .by_connect = json_get_bool(j, "by_connect", false)};
	str_copy(e->network_id, sizeof e->network_id, json_get_str(j, "id", ""));
	json_get_vec(j, "aliases", &e->aliases);
	json_get_vec(j, "links", &e->links);
}

int
endpoints_write(int dir, const struct container_config *c, struct err *err)
{
	cleanup_json json_t *a = json_array();

	for (size_t i = 0; i < c->nendpoints; i++)
		json_array_append_new(a, endpoint_to_json(&c->endpoints[i]));
	return json_write_file(dir, FILE_NAME, a, 0644, err);
}

void
endpoints_read(int dir, struct container_config *c)
{
	cleanup_json json_t *a = json_read_file(dir, FILE_NAME, NULL);
	size_t i;
	json_t *j;

	endpoints_free(c);
	json_array_foreach(a, i, j)
	{
		struct container_endpoint read;

		endpoint_from_json(j, &read);
		c->endpoints =
		    xrealloc(c->endpoints, (c->nendpoints + 1) * sizeof *c->endpoints);
		c->endpoints[c->nendpoints++] = read;
	}
}
