/*
 * authfile.h - who the user is at which registry: Docker's config.json
 *
 * The user's own file (client.h), in Docker's form: an entry a server, or a credential
 * helper that keeps it.  The Hub's entry has an old address as its name.
 */
#ifndef DRYDOCK_DOCKER_AUTHFILE_H
#define DRYDOCK_DOCKER_AUTHFILE_H

#include "sandbox/docker/client.h"

#define AUTH_HUB "https://index.docker.io/v1/"

struct credentials {
	char *user, *password, *identity; /* user NULL: none */
};
#define CREDENTIALS_INIT \
	{ \
		.user = NULL \
	}
#define cleanup_credentials __attribute__((cleanup(credentials_done)))
void credentials_done(struct credentials *c);

/* The server's name in config.json: AUTH_HUB for "docker.io", else the domain itself.
 * Borrowed. */
const char *auth_server(const char *domain);

/* What the user has kept for the server; none is no error. */
int auth_get(
    const struct client *c, const char *server, struct credentials *ret, struct err *err);
/* Keeps it.  *ret_plain gets the file's path when it stands there unencrypted (free()),
 * else NULL. */
int auth_put(const struct client *c, const char *server, const struct credentials *what,
    char **ret_plain, struct err *err);
/* Forgets it; none is no error. */
int auth_erase(const struct client *c, const char *server, struct err *err);

#endif
