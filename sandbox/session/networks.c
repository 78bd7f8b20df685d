/*
 * networks.c - the records of a session's networks
 *
 * A network is a folder networks/ID with network.json, written last: a folder without it
 * does not count.  bridge, host and none have no record; their ids follow from the
 * session's name.  What a network is made of (bridges, addresses) is not known here.
 *
 * Pools and words: moby, libnetwork/ipamutils and daemon/network.go.
 */
#include "sandbox/session/private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NETWORKS "networks"

enum { POOL_BITS = 16, BRIDGE_POOL = 0xac110000 }; /* 172.17.0.0 */

void
session_network_done(struct session_network *n)
{
	free(n->name);
	vec_done(&n->labels);
	vec_done(&n->options);
	*n = (struct session_network)SESSION_NETWORK_INIT;
}

void
session_networks_done(struct session_networks *l)
{
	for (size_t i = 0; i < l->len; i++)
		session_network_done(&l->list[i]);
	free(l->list);
	*l = (struct session_networks){0};
}

/* ---- as JSON ------------------------------------------------------------------------
 */

static json_t *
address_json(struct in_addr a)
{
	return json_string(inet_ntoa(a));
}

static struct in_addr
address_of(const json_t *j, const char *key)
{
	struct in_addr a = {0};

	inet_pton(AF_INET, json_get_str(j, key, ""), &a);
	return a;
}

json_t *
session_network_to_json(const struct session_network *n)
{
	json_t *j =
	    json_pack("{s:s, s:s, s:I, s:i, s:i, s:b, s:b, s:b, s:b}", "id", n->id,
		"name", n->name, "created", (json_int_t)n->created, "bits", (int)n->bits,
		"range_bits", (int)n->range_bits, "chosen", n->chosen, "internal",
		n->internal, "attachable", n->attachable, "predefined", n->predefined);

	json_object_set_new(j, "subnet", address_json(n->subnet));
	json_object_set_new(j, "gateway", address_json(n->gateway));
	json_object_set_new(j, "range", address_json(n->range));
	json_object_set_new(j, "labels", json_from_vec(&n->labels));
	json_object_set_new(j, "options", json_from_vec(&n->options));
	return j;
}

void
session_network_from_json(const json_t *j, struct session_network *n)
{
	*n = (struct session_network)SESSION_NETWORK_INIT;
	str_copy(n->id, sizeof n->id, json_get_str(j, "id", ""));
	n->name = xstrdup(json_get_str(j, "name", ""));
	str_copy(n->driver, sizeof n->driver, "bridge");
	n->created = json_get_int(j, "created", 0);
	n->bits = (unsigned)json_get_int(j, "bits", POOL_BITS) & 31;
	n->range_bits = (unsigned)json_get_int(j, "range_bits", 0) & 63;
	n->chosen = json_get_bool(j, "chosen", false);
	n->internal = json_get_bool(j, "internal", false);
	n->predefined = json_get_bool(j, "predefined", false);
	n->attachable = json_get_bool(j, "attachable", false);
	n->subnet = address_of(j, "subnet");
	n->gateway = address_of(j, "gateway");
	n->range = address_of(j, "range");
	json_get_vec(j, "labels", &n->labels);
	json_get_vec(j, "options", &n->options);
}

/* ---- those that are always there ----------------------------------------------------
 */

/* 64 digits that are a session's and a name's own, without a hash library. */
static void
derive_id(const char *session, const char *name, char out[65])
{
	uint64_t h = 0xcbf29ce484222325u;

	for (const char *p = session; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3u;
	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3u;
	for (int i = 0; i < 4; i++) {
		uint64_t z = h += 0x9e3779b97f4a7c15u;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		snprintf(
		    out + 16 * i, 17, "%016llx", (unsigned long long)(z ^ (z >> 31)));
	}
}

static const struct {
	const char *name, *driver;
} predefined[] = {{"bridge", "bridge"}, {"host", "host"}, {"none", "null"}};

static int64_t
born(const struct session *s)
{
	struct stat st;

	return fstatat(s->dir, "names", &st, 0) < 0
		   ? 0
		   : st.st_ctim.tv_sec * NS_PER_S + st.st_ctim.tv_nsec;
}

static void
fill_predefined(const struct session *s, size_t i, struct session_network *n)
{
	*n = (struct session_network)SESSION_NETWORK_INIT;
	derive_id(s->name, predefined[i].name, n->id);
	n->name = xstrdup(predefined[i].name);
	str_copy(n->driver, sizeof n->driver, predefined[i].driver);
	n->predefined = true;
	n->created = born(s);
	if (i > 0)
		return;
	n->subnet.s_addr = htonl(BRIDGE_POOL);
	n->gateway.s_addr = htonl(BRIDGE_POOL | 1);
	n->bits = POOL_BITS;
}

/* ---- all, and one -------------------------------------------------------------------
 */

static int
open_all(const struct session *s)
{
	return openat(s->dir, NETWORKS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static bool
is_id(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static void
add_recorded(struct session *s, struct session_networks *all)
{
	int fd = open_all(s);
	cleanup_dir DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		cleanup_free char *path = xasprintf("%s/network.json", e->d_name);
		cleanup_json json_t *j = NULL;

		if (!is_id(e->d_name) || faccessat(fd, path, F_OK, 0) < 0)
			continue;
		j = json_read_file(fd, path, NULL);
		if (j == NULL)
			continue;
		all->list = xrealloc(all->list, (all->len + 1) * sizeof *all->list);
		session_network_from_json(j, &all->list[all->len++]);
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct session_network *x = a, *y = b;

	return strcmp(x->name, y->name);
}

int
session_networks(struct session *s, struct session_networks *ret, struct err *err)
{
	(void)err;
	*ret = (struct session_networks){.len = ARRAY_LEN(predefined)};
	ret->list = xcalloc(ret->len, sizeof *ret->list);
	for (size_t i = 0; i < ret->len; i++)
		fill_predefined(s, i, &ret->list[i]);
	add_recorded(s, ret);
	qsort(ret->list, ret->len, sizeof *ret->list, by_name);
	return 0;
}

static struct session_network *
look(const struct session_networks *all, const char *name, size_t *hits)
{
	struct session_network *found = NULL;
	size_t len = strlen(name);

	*hits = 1;
	for (size_t i = 0; i < all->len; i++)
		if (str_eq(all->list[i].id, name))
			return &all->list[i];
	for (size_t i = 0; i < all->len; i++)
		if (str_eq(all->list[i].name, name))
			return &all->list[i];
	*hits = 0;
	for (size_t i = 0; len > 0 && i < all->len; i++) {
		if (strncmp(all->list[i].id, name, len) != 0)
			continue;
		found = &all->list[i];
		++*hits;
	}
	return found;
}

int
session_network_find(
    struct session *s, const char *name, struct session_network *ret, struct err *err)
{
	cleanup_session_networks struct session_networks all = {0};
	struct session_network *found;
	size_t hits;

	/* the start of a container asks for this one: without a look at any file */
	if (str_eq(name, "bridge")) {
		fill_predefined(s, 0, ret);
		return 0;
	}
	if (session_networks(s, &all, err) < 0)
		return -1;
	found = look(&all, name, &hits);
	if (hits > 1)
		return err_set(err, ERR_INPUT,
		    "network %s is ambiguous (%zu matches found on ID prefix)", name,
		    hits);
	if (found == NULL)
		return err_set(err, ERR_NOT_FOUND, "network %s not found", name);
	*ret = *found;
	*found = (struct session_network)SESSION_NETWORK_INIT;
	return 0;
}

/* ---- making and forgetting ------------------------------------------------------------
 */

static bool
overlaps(const struct session_network *a, const struct session_network *b)
{
	unsigned bits = a->bits < b->bits ? a->bits : b->bits;
	uint32_t mask = bits > 0 ? ~0U << (32 - bits) : 0;

	return a->bits > 0 && b->bits > 0 &&
	       ((ntohl(a->subnet.s_addr) ^ ntohl(b->subnet.s_addr)) & mask) == 0;
}

static bool
is_free(const struct session_networks *all, const struct session_network *n)
{
	for (size_t i = 0; i < all->len; i++)
		if (overlaps(n, &all->list[i]))
			return false;
	return true;
}

/* Docker's pools, in order: 172.17 to 172.31 (/16), then 192.168 in pieces of /20. */
static int
choose_subnet(
    const struct session_networks *all, struct session_network *n, struct err *err)
{
	for (unsigned i = 0; i < 15 + 16; i++) {
		uint32_t subnet =
		    i < 15 ? BRIDGE_POOL + (i << 16) : 0xc0a80000 + ((i - 15) << 12);

		n->bits = i < 15 ? POOL_BITS : 20;
		n->subnet.s_addr = htonl(subnet);
		n->gateway.s_addr = htonl(subnet | 1);
		if (is_free(all, n))
			return 0;
	}
	return err_set(
	    err, ERR_LIMIT, "all predefined address pools have been fully subnetted");
}

static int
give(int at, const char *name, uid_t owner)
{
	return owner == geteuid() ? 0 : fchownat(at, name, owner, owner, 0);
}

static int
make_folder(const struct session *s, const char *id, struct err *err)
{
	uid_t owner = idmap_root_uid(store_idmap(s->store));
	cleanup_fd int all = -1, dir = -1, fd = -1;

	if (fd_mkdirs(s->dir, NETWORKS, 0711, err) < 0)
		return -1;
	all = open_all(s);
	if (mkdirat(all, id, 0711) < 0 && errno != EEXIST)
		return err_sys(err, "cannot make the network's folder");
	dir = openat(all, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	fd = openat(dir, "addresses", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (dir < 0 || fd < 0 || (mkdirat(dir, "members", 0755) < 0 && errno != EEXIST) ||
	    give(dir, "members", owner) < 0 || give(dir, "addresses", owner) < 0 ||
	    give(all, id, owner) < 0)
		return err_sys(err, "cannot make the network's folder");
	return 0;
}

int
session_network_create(struct session *s, struct session_network *n, struct err *err)
{
	cleanup_session_networks struct session_networks all = {0};
	cleanup_json json_t *j = NULL;

	if (fd_mkdirs(s->dir, NETWORKS, 0711, err) < 0)
		return -1;
	cleanup_fd int folder = open_all(s); /* its lock: one after the other */
	if (folder < 0 || flock(folder, LOCK_EX) < 0)
		return err_sys(err, "cannot lock the networks");
	if (session_networks(s, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all.len; i++)
		if (str_eq(all.list[i].name, n->name))
			return err_set(err, ERR_CONFLICT,
			    "network with name %s already exists", n->name);
	if (n->bits > 0 && !is_free(&all, n))
		return err_set(err, ERR_CONFLICT,
		    "invalid pool request: Pool overlaps with other one on this address "
		    "space");
	if (n->bits == 0 && choose_subnet(&all, n, err) < 0)
		return -1;
	str_random_hex(n->id, 64);
	n->created = clock_now();
	j = session_network_to_json(n);
	cleanup_free char *path = xasprintf("%s/network.json", n->id);
	return make_folder(s, n->id, err) < 0
		   ? -1
		   : json_write_file(folder, path, j, 0644, err);
}

int
session_network_remove(
    struct session *s, const struct session_network *n, struct err *err)
{
	cleanup_fd int all = open_all(s);
	cleanup_free char *path = xasprintf("%s/network.json", n->id);

	/* the rest is of the map's ids, and small: it goes with the session */
	if (unlinkat(all, path, 0) < 0)
		return errno == ENOENT
			   ? err_set(err, ERR_NOT_FOUND, "network %s not found", n->name)
			   : err_sys(err, "cannot remove the network");
	(void)fd_remove_tree(all, n->id);
	return 0;
}

int
session_network_dir(struct session *s, const struct session_network *n, struct err *err)
{
	cleanup_free char *path = xasprintf(NETWORKS "/%s", n->id);
	const int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(s->dir, path, flags);

	if (fd >= 0)
		return fd;
	if (make_folder(s, n->id, err) < 0)
		return -1;
	fd = openat(s->dir, path, flags);
	return fd < 0 ? err_sys(err, "cannot open the network's folder") : fd;
}
