/*
 * networking.c - options of run and create about networks and names
 *
 * Checks and words: docker/cli, cli/command/container/opts.go and opts/network.go;
 * moby, runconfig/hostconfig.go.
 */
#include "sandbox/docker/command.h"
#include <arpa/inet.h>
#include <stdlib.h>

/* ---- what the command line itself looks at --------------------------------------------
 */

static bool
is_ip(const char *text)
{
	unsigned char room[16];

	return inet_pton(AF_INET, text, room) == 1 ||
	       inet_pton(AF_INET6, text, room) == 1;
}

/* "name:ip", or newer "name=ip"; to "name:ip". */
static char *
extra_host(const char *text, struct err *err)
{
	size_t name = strcspn(text, "=");
	const char *ip;

	if (text[name] == '\0')
		name = strcspn(text, ":");
	ip = text[name] != '\0' ? text + name + 1 : "";
	if (name == 0 || text[name] == '\0') {
		err_set(err, ERR_INPUT, "bad format for add-host: \"%s\"", text);
		return NULL;
	}
	if (!str_eq(ip, "host-gateway")) {
		cleanup_free char *bare = xstrdup(ip);
		size_t len = strlen(bare);

		if (len > 2 && bare[0] == '[' && bare[len - 1] == ']') {
			bare[len - 1] = '\0';
			ip += 1;
			memmove(bare, bare + 1, len - 1);
		}
		if (!is_ip(bare)) {
			err_set(
			    err, ERR_INPUT, "invalid IP address in add-host: \"%s\"", ip);
			return NULL;
		}
		return xasprintf("%.*s:%s", (int)name, text, bare);
	}
	return xasprintf("%.*s:%s", (int)name, text, ip);
}

static int
check_value(const char *option, const char *value, struct err *err)
{
	struct err why = ERR_INIT;

	if (str_eq(option, "add-host")) {
		cleanup_free char *host = extra_host(value, &why);

		if (host != NULL)
			return 0;
	} else if (str_eq(option, "dns")) {
		if (is_ip(value))
			return 0;
		err_set(&why, ERR_INPUT, "invalid IP address: %s", value);
	}
	return err_set(err, ERR_INPUT,
	    "invalid argument \"%.400s\" for \"--%s\" flag: %s", value, option, why.text);
}

int
docker_check_networking(const struct opts *o, struct err *err)
{
	static const char *const checked[] = {"add-host", "dns"};
	const char *v;

	for (size_t k = 0; k < ARRAY_LEN(checked); k++)
		for (size_t i = 0; (v = opts_next(o, checked[k], &i)) != NULL;)
			if (check_value(checked[k], v, err) < 0)
				return -1;
	return 0;
}

/* ---- --network
 * ------------------------------------------------------------------------- */

static void
set_text(char **to, const char *value)
{
	free(*to);
	*to = xstrdup(value);
}

/* "name=net1,alias=db,ip=10.0.0.5,mac-address=..." */
static int
read_fields(struct container_config *c, const char *text, struct err *err)
{
	cleanup_vec struct vec fields = VEC_INIT;
	struct container_endpoint *e = container_add_endpoint(c, "");

	vec_split(&fields, text, ",");
	for (size_t i = 0; i < fields.len; i++) {
		const char *f = fields.v[i], *eq = strchr(f, '=');

		if (eq == NULL)
			return err_set(err, ERR_INPUT, "invalid field %s", f);
		if (str_starts(f, "name="))
			set_text(&e->network, eq + 1);
		else if (str_starts(f, "alias="))
			vec_add(&e->aliases, eq + 1);
		else if (str_starts(f, "ip="))
			set_text(&e->ip, eq + 1);
		else if (str_starts(f, "mac-address="))
			set_text(&e->mac, eq + 1);
		else if (!str_starts(f, "driver-opt=") && !str_starts(f, "gw-priority="))
			return err_set(
			    err, ERR_INPUT, "invalid field key %.*s", (int)(eq - f), f);
	}
	return 0;
}

static int
add_network(
    struct docker *d, struct container_config *c, const char *text, struct err *err)
{
	const char *other = str_after(text, "container:");
	char id[65];

	if (other != NULL) {
		if (container_find(d->session, other, id, err) < 0)
			return -1;
		free(c->network);
		c->network = xasprintf("container:%s", id);
		return 0;
	}
	if (strchr(text, '=') != NULL) {
		if (read_fields(c, text, err) < 0)
			return -1;
	} else {
		(void)container_add_endpoint(
		    c, str_eq(text, "default") ? "bridge" : text);
	}
	if (c->network == NULL)
		c->network = xstrdup(c->endpoints[c->nendpoints - 1].network);
	return 0;
}

static bool
is_user_defined(const char *network)
{
	return !str_eq(network, "bridge") && !str_eq(network, "host") &&
	       !str_eq(network, "none") && !str_starts(network, "container:");
}

/* Networks here have no IPv6: what Docker says of those of its that have none. */
int
docker_check_ip6(const char *ip6, const char *network, struct err *err)
{
	struct in6_addr a;

	if (ip6 == NULL || *ip6 == '\0')
		return 0;
	if (inet_pton(AF_INET6, ip6, &a) != 1)
		return err_set(err, ERR_INPUT, "invalid IPv6 address: %s", ip6);
	if (!is_user_defined(network))
		return err_set(err, ERR_INPUT,
		    "user specified IP address is supported on user defined networks "
		    "only");
	return err_set(err, ERR_INPUT,
	    "invalid endpoint settings:\nno configured subnet or ip-range contain the "
	    "IP address %s",
	    ip6);
}

/* --network-alias, --ip and --mac-address are about the first network. */
static void
take_first(const struct opts *o, struct container_config *c)
{
	struct container_endpoint *e = &c->endpoints[0];
	static const char *const aliases[] = {"network-alias", "net-alias"};
	const char *v;

	for (size_t k = 0; k < ARRAY_LEN(aliases); k++)
		for (size_t i = 0; (v = opts_next(o, aliases[k], &i)) != NULL;)
			vec_add(&e->aliases, v);
	if ((v = opts_str(o, "ip")) != NULL && *v != '\0')
		set_text(&e->ip, v);
	if ((v = opts_str(o, "mac-address")) != NULL && *v != '\0')
		set_text(&e->mac, v);
}

/* What cannot go together. */
static int
check_mode(const struct opts *o, const struct container_config *c, struct err *err)
{
	bool shared = str_starts(c->network, "container:");
	bool host = str_eq(c->network, "host");
	const struct {
		bool wrong;
		const char *text;
	} all[] = {
	    {shared && c->hostname != NULL,
		"conflicting options: hostname and the network mode"},
	    {host && c->links.len > 0,
		"conflicting options: host type networking can't be used with links. "
		"This would result in undefined behavior"},
	    {shared && c->links.len > 0,
		"conflicting options: container type network can't be used with links. "
		"This would result in undefined behavior"},
	    {shared && c->dns.len > 0, "conflicting options: dns and the network mode"},
	    {shared && c->extra_hosts.len > 0,
		"conflicting options: custom host-to-IP mapping and the network mode"},
	    {shared && opts_given(o, "mac-address"),
		"conflicting options: mac-address and the network mode"},
	    {shared && c->nports > 0,
		"conflicting options: port publishing and the container type network "
		"mode"},
	    {shared && opts_given(o, "expose"),
		"conflicting options: port exposing and the container type network "
		"mode"},
	    {c->nendpoints > 0 && !is_user_defined(c->network) &&
		    c->endpoints[0].aliases.len > 0,
		"network-scoped alias is supported only for containers in user defined "
		"networks"},
	    {c->nendpoints > 0 && !is_user_defined(c->network) &&
		    c->endpoints[0].ip != NULL,
		"user specified IP address is supported on user defined networks only"},
	    {c->nendpoints > 0 && shared,
		"conflicting options: cannot attach both user-defined and "
		"non-user-defined network-modes"},
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].wrong)
			return err_set(err, ERR_INPUT, "%s", all[i].text);
	return 0;
}

/* Links are Docker's old way on the bridge, and aliases for one on other networks. */
static int
take_links(struct docker *d, struct container_config *c, struct err *err)
{
	const char *v;
	char id[65];

	for (size_t i = 0; (v = opts_next(&d->opts, "link", &i)) != NULL;) {
		cleanup_free char *name = xstrndup(v, strcspn(v, ":"));
		const char *alias = strchr(v, ':') != NULL ? strchr(v, ':') + 1 : name;

		if (*name == '\0')
			return err_set(err, ERR_INPUT, "invalid empty value for link");
		if (container_find(d->session, name, id, NULL) < 0)
			return err_set(err, ERR_NOT_FOUND,
			    "could not get container for %s: No such container: %s", name,
			    name);
		if (is_user_defined(c->network))
			vec_addf(&c->endpoints[0].links, "%s:%s", name, alias);
		else
			vec_addf(&c->links, "%s:%s", name, alias);
	}
	return 0;
}

static void
take_names(const struct opts *o, struct container_config *c)
{
	const struct {
		const char *option;
		struct vec *list;
	} all[] = {{"dns", &c->dns}, {"dns-search", &c->dns_search},
	    {"dns-option", &c->dns_option}, {"dns-opt", &c->dns_option}};
	const char *v;

	for (size_t k = 0; k < ARRAY_LEN(all); k++)
		for (size_t i = 0; (v = opts_next(o, all[k].option, &i)) != NULL;)
			vec_add(all[k].list, v);
	for (size_t i = 0; (v = opts_next(o, "add-host", &i)) != NULL;) {
		char *host = extra_host(v, NULL);

		if (host != NULL)
			vec_take(&c->extra_hosts, host);
	}
}

int
docker_take_networking(struct docker *d, struct container_config *c, struct err *err)
{
	static const char *const options[] = {"network", "net"};
	const struct opts *o = &d->opts;
	const char *v;

	for (size_t k = 0; k < ARRAY_LEN(options); k++)
		for (size_t i = 0; (v = opts_next(o, options[k], &i)) != NULL;)
			if (add_network(d, c, v, err) < 0)
				return -1;
	if (c->network == NULL && add_network(d, c, "default", err) < 0)
		return -1;
	if (c->nendpoints > 0)
		take_first(o, c);
	take_names(o, c);
	if (take_links(d, c, err) < 0 || check_mode(o, c, err) < 0)
		return -1;
	if (str_eq(c->network, "host") && opts_given(o, "publish"))
		fputs("WARNING: Published ports are discarded when using host network "
		      "mode\n",
		    stderr);
	return docker_check_ip6(opts_str(o, "ip6"), c->network, err);
}
