/*
 * ports.c - the texts of -p and --expose
 *
 * Formats and complaints: docker/go-connections, nat/nat.go.
 */
#include "sandbox/docker/command.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <strings.h>

struct range {
	unsigned first, last;
};

/* "80" or "80-82"; false when it is neither. */
static bool
parse_range(const char *text, struct range *ret)
{
	cleanup_free char *copy = xstrdup(text);
	char *dash = strchr(copy, '-');
	uint64_t a, b;

	if (dash != NULL)
		*dash++ = '\0';
	if (!str_to_u64(copy, 65535, &a))
		return false;
	b = a;
	if (dash != NULL && (!str_to_u64(dash, 65535, &b) || b < a))
		return false;
	*ret = (struct range){(unsigned)a, (unsigned)b};
	return true;
}

/* Cuts "/proto" off text; the word in small letters, "tcp" when there is none. */
static int
cut_proto(char *text, char proto[5], struct err *err)
{
	static const char *const known[] = {"tcp", "udp", "sctp"};
	char *slash = strchr(text, '/');

	if (slash == NULL || slash[1] == '\0') {
		snprintf(proto, 5, "tcp");
		if (slash != NULL)
			*slash = '\0';
		return 0;
	}
	*slash++ = '\0';
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcasecmp(slash, known[i]) == 0) {
			snprintf(proto, 5, "%s", known[i]);
			return 0;
		}
	}
	return err_set(err, ERR_INPUT, "invalid proto: %s", slash);
}

/* Splits "[ip:][host:]container" from the back; ip and host point into text. */
static void
split(char *text, const char **ip, const char **host, const char **container)
{
	char *colon = strrchr(text, ':');

	*ip = *host = "";
	*container = text;
	if (colon == NULL)
		return;
	*colon = '\0';
	*container = colon + 1;
	*host = text;
	colon = strrchr(text, ':');
	if (colon == NULL)
		return;
	*colon = '\0';
	*host = colon + 1;
	*ip = text;
	if (text[0] == '[' && str_ends(text, "]")) {
		text[strlen(text) - 1] = '\0';
		*ip = text + 1;
	}
}

static bool
is_address(const char *ip)
{
	unsigned char room[16];

	return inet_pton(AF_INET, ip, room) == 1 || inet_pton(AF_INET6, ip, room) == 1;
}

static void
add_exposed(struct vec *list, unsigned port, const char *proto)
{
	char text[16];

	snprintf(text, sizeof text, "%u/%s", port, proto);
	if (!vec_has(list, text))
		vec_add(list, text);
}

static void
add_port(struct container_config *c, unsigned container, unsigned host, const char *ip,
    const char *proto)
{
	struct network_port *p;

	c->ports = xrealloc(c->ports, (c->nports + 1) * sizeof *c->ports);
	p = &c->ports[c->nports++];
	*p = (struct network_port){
	    .container_port = (uint16_t)container, .host_port = (uint16_t)host};
	snprintf(p->proto, sizeof p->proto, "%s", proto);
	snprintf(p->host_ip, sizeof p->host_ip, "%s", ip);
	add_exposed(&c->exposed, container, proto);
}

int
docker_parse_publish(const char *text, struct container_config *c, struct err *err)
{
	cleanup_free char *copy = xstrdup(text);
	const char *ip, *host, *container;
	struct range inside, outside = {0, 0};
	char proto[5];

	if (cut_proto(copy, proto, err) < 0)
		return -1;
	split(copy, &ip, &host, &container);
	if (ip[0] != '\0' && !is_address(ip))
		return err_set(err, ERR_INPUT, "invalid IP address: %s", ip);
	if (container[0] == '\0')
		return err_set(err, ERR_INPUT, "no port specified: %s<empty>", text);
	if (!parse_range(container, &inside))
		return err_set(err, ERR_INPUT, "invalid containerPort: %s", container);
	if (host[0] != '\0' && !parse_range(host, &outside))
		return err_set(err, ERR_INPUT, "invalid hostPort: %s", host);
	if (host[0] != '\0' && inside.last != inside.first &&
	    outside.last - outside.first != inside.last - inside.first)
		return err_set(err, ERR_INPUT,
		    "invalid ranges specified for container and host Ports: %s and %s",
		    container, host);
	if (strlen(ip) >= sizeof c->ports->host_ip)
		return err_set(err, ERR_INPUT, "invalid IP address: %s", ip);
	for (unsigned i = 0; i <= inside.last - inside.first; i++)
		add_port(c, inside.first + i, host[0] != '\0' ? outside.first + i : 0, ip,
		    proto);
	return 0;
}

int
docker_parse_expose(const char *text, struct vec *list, struct err *err)
{
	cleanup_free char *copy = xstrdup(text);
	struct range r;
	char proto[5];

	if (strchr(text, ':') != NULL)
		return err_set(
		    err, ERR_INPUT, "invalid port format for --expose: %s", text);
	if (cut_proto(copy, proto, err) < 0)
		return -1;
	if (!parse_range(copy, &r))
		return err_set(err, ERR_INPUT,
		    "invalid range format for --expose: %s, error: invalid port", text);
	for (unsigned p = r.first; p <= r.last; p++)
		add_exposed(list, p, proto);
	return 0;
}
