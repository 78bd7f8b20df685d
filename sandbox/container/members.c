/*
 * members.c - who is called what on a network
 *
 * A file networks/ID/members/CONTAINER while the container runs.  One that a killed
 * monitor has left is known by its address, which nobody holds.
 */
#include "sandbox/container/joints.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMBERS "members"

/* As Docker's DNSNames: its name, its aliases, the short id, a host name of its own. */
static json_t *
names_of(const struct container_config *c, const struct container_endpoint *e)
{
	cleanup_vec struct vec names = VEC_INIT;
	char shorter[13];

	str_copy(shorter, sizeof shorter, c->id);
	vec_add(&names, c->name);
	vec_add_all(&names, e->aliases.v);
	vec_add(&names, shorter);
	if (!vec_has(&names, c->hostname))
		vec_add(&names, c->hostname);
	return json_from_vec(&names);
}

int
member_publish(const struct launch *l, const struct joint *j, struct err *err)
{
	cleanup_json json_t *m = NULL;
	cleanup_free char *path = xasprintf(MEMBERS "/%s", l->config->id);

	if (j->network.predefined)
		return 0;
	m = json_pack("{s:s, s:o}", "ip", inet_ntoa(j->address.ip), "names",
	    names_of(l->config, &j->wanted));
	return json_write_file(j->folder, path, m, 0644, err);
}

void
member_withdraw(const struct launch *l, const struct joint *j)
{
	cleanup_free char *path = xasprintf(MEMBERS "/%s", l->config->id);

	if (!j->network.predefined)
		unlinkat(j->folder, path, 0);
}

void
member_rename(struct session *s, const struct container_config *c, const char *name)
{
	cleanup_free char *path = xasprintf(MEMBERS "/%s", c->id);

	for (size_t i = 0; i < c->nendpoints; i++) {
		struct session_network n = {.labels = VEC_INIT, .options = VEC_INIT};
		cleanup_fd int folder = -1;
		cleanup_json json_t *m = NULL;

		str_copy(n.id, sizeof n.id, c->endpoints[i].network_id);
		if (n.id[0] == '\0' || str_eq(c->endpoints[i].network, "bridge"))
			continue;
		folder = session_network_dir(s, &n, NULL);
		if (folder < 0 || faccessat(folder, path, F_OK, 0) < 0)
			continue;
		m = json_read_file(folder, path, NULL);
		json_array_set_new(json_object_get(m, "names"), 0, json_string(name));
		if (m != NULL)
			(void)json_write_file(folder, path, m, 0644, NULL);
	}
}

void
members_forget(struct session *s, const struct container_config *c)
{
	cleanup_free char *path = xasprintf(MEMBERS "/%s", c->id);

	for (size_t i = 0; i < c->nendpoints; i++) {
		struct session_network n = SESSION_NETWORK_INIT;
		cleanup_fd int folder = -1;

		str_copy(n.id, sizeof n.id, c->endpoints[i].network_id);
		if (n.id[0] == '\0' || str_eq(c->endpoints[i].network, "bridge"))
			continue;
		folder = session_network_dir(s, &n, NULL);
		if (folder >= 0)
			unlinkat(folder, path, 0);
	}
}

/* ---- what the name server asks -------------------------------------------------------
 */

/* Calls found() for each living member until it returns true. */
static bool
each_member(const struct joint *j,
    bool (*found)(void *arg, const json_t *names, struct in_addr ip), void *arg)
{
	int fd = openat(j->folder, MEMBERS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		cleanup_json json_t *m = NULL;
		struct in_addr ip = {0};

		if (strlen(e->d_name) != 64 ||
		    (m = json_read_file(fd, e->d_name, NULL)) == NULL)
			continue;
		inet_pton(AF_INET, json_get_str(m, "ip", ""), &ip);
		if (ip.s_addr != j->address.ip.s_addr &&
		    !network_address_taken(j->folder, &j->link.subnet, ip))
			continue;
		if (found(arg, json_object_get(m, "names"), ip))
			return true;
	}
	return false;
}

struct by_name {
	const char *name;
	struct in_addr *out;
	size_t n;
};

static bool
add_named(void *arg, const json_t *names, struct in_addr ip)
{
	struct by_name *q = arg;
	size_t i;
	json_t *name;

	json_array_foreach(names, i, name)
	{
		const char *s = json_string_value(name);

		if (s == NULL || strcasecmp(s, q->name) != 0)
			continue;
		q->out[q->n++] = ip;
		break;
	}
	return q->n == RESOLVER_ADDRESSES_MAX;
}

/* A --link of this container: the name that it stands for, or the name itself. */
static const char *
linked(const struct joint *j, const char *name, char *room, size_t size)
{
	for (size_t i = 0; i < j->wanted.links.len; i++) {
		const char *colon = strchr(j->wanted.links.v[i], ':');
		size_t len = (size_t)(colon - j->wanted.links.v[i]);

		if (colon == NULL || strcasecmp(colon + 1, name) != 0 || len >= size)
			continue;
		memcpy(room, j->wanted.links.v[i], len);
		room[len] = '\0';
		return room;
	}
	return name;
}

/* NAME, or NAME.NETWORK. */
static size_t
find_addresses(void *arg, const char *name, struct in_addr out[RESOLVER_ADDRESSES_MAX])
{
	const struct launch *l = arg;
	struct by_name q = {.out = out};
	char room[RESOLVER_NAME_MAX];

	for (size_t i = 0; i < l->njoints && q.n < RESOLVER_ADDRESSES_MAX; i++) {
		const struct joint *j = &l->joints[i];
		cleanup_free char *tail = xasprintf(".%s", j->network.name);

		if (j->network.predefined)
			continue;
		q.name = linked(j, name, room, sizeof room);
		each_member(j, add_named, &q);
		if (q.n > 0 || !str_ends(name, tail))
			continue;
		cleanup_free char *front = xstrndup(name, strlen(name) - strlen(tail));
		q.name = front;
		each_member(j, add_named, &q);
	}
	return q.n;
}

struct by_address {
	struct in_addr ip;
	const char *network;
	char *out;
};

static bool
is_address(void *arg, const json_t *names, struct in_addr ip)
{
	struct by_address *q = arg;
	const char *name = json_string_value(json_array_get(names, 0));

	if (name == NULL || ip.s_addr != q->ip.s_addr)
		return false;
	snprintf(q->out, RESOLVER_NAME_MAX, "%s.%s", name, q->network);
	return true;
}

static bool
find_name(void *arg, struct in_addr ip, char out[RESOLVER_NAME_MAX])
{
	const struct launch *l = arg;

	for (size_t i = 0; i < l->njoints; i++) {
		struct by_address q = {ip, l->joints[i].network.name, out};

		if (!l->joints[i].network.predefined &&
		    each_member(&l->joints[i], is_address, &q))
			return true;
	}
	return false;
}

struct resolver_ask
member_ask(struct launch *l)
{
	return (struct resolver_ask){
	    .addresses = find_addresses, .name = find_name, .arg = l};
}
