/*
 * command.c - drydock hub
 */
#include "sandbox/hub/hub.h"
#include "sandbox/session/session.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { IDLE_S = 60, BACKLOG = 128 };

struct world {
	struct store *store;
	struct session *session;
	int dir;
};

static void
world_done(struct world *w)
{
	fd_close_p(&w->dir);
	session_free(w->session);
	store_free(w->store);
}

static int
open_world(struct world *w, struct err *err)
{
	if (store_open(NULL, &w->store, err) < 0 ||
	    session_open(w->store, NULL, &w->session, err) < 0)
		return -1;
	w->dir = hub_open(session_dir(w->session), err);
	return w->dir < 0 ? -1 : 0;
}

/* ---- for the engine
 * -------------------------------------------------------------------------- */

/* Who holds the lock serves; a socket without one belongs to nobody. */
static int
listen_local(int dir, struct err *err)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	cleanup_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlinkat(dir, "socket", 0);
	snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/socket", dir);
	if (fd < 0 || fchmod(fd, 0600) < 0 ||
	    bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, BACKLOG) < 0)
		return err_sys(err, "cannot listen on the hub's socket");
	return take_fd(&fd);
}

static int
serve_local(struct err *err)
{
	__attribute__((cleanup(world_done))) struct world w = {.dir = -1};
	cleanup_fd int lock = -1, listener = -1;
	struct hub_spec spec = {.idle_s = IDLE_S};
	int rc;

	if (open_world(&w, err) < 0)
		return -1;
	lock = openat(w.dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0)
		return 0; /* another one was faster */
	listener = listen_local(w.dir, err);
	if (listener < 0)
		return -1;
	spec.store = w.store;
	spec.dir = w.dir;
	spec.listener = listener;
	rc = hub_serve(&spec, err);
	unlinkat(w.dir, "socket", 0);
	return rc;
}

/* ---- for browsers and other programs
 * ----------------------------------------------------------- */

/* "127.0.0.1:8080", "8080", "127.0.0.1". */
static int
parse_address(const char *text, struct sockaddr_in *ret, struct err *err)
{
	cleanup_free char *host = xstrdup(text);
	char *colon = strrchr(host, ':');
	const char *port = colon != NULL ? colon + 1 : strchr(host, '.') ? "0" : host;
	uint64_t number;

	if (colon != NULL)
		*colon = '\0';
	*ret = (struct sockaddr_in){.sin_family = AF_INET};
	if (colon == NULL && port == host)
		host[0] = '\0';
	if (colon == NULL && strchr(text, '.') == NULL) {
		host[0] = '\0';
		port = text;
	}
	if (!str_to_u64(port, 65535, &number) ||
	    inet_pton(AF_INET,
		*host == '\0' || str_eq(host, "localhost") ? "127.0.0.1" : host,
		&ret->sin_addr) != 1)
		return err_set(err, ERR_INPUT,
		    "'%s' is no address to listen on: write 127.0.0.1:8080", text);
	ret->sin_port = htons((uint16_t)number);
	return 0;
}

static int
listen_tcp(struct sockaddr_in *a, struct err *err)
{
	cleanup_fd int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof *a;
	int one = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
	    bind(fd, (struct sockaddr *)a, sizeof *a) < 0 || listen(fd, BACKLOG) < 0 ||
	    getsockname(fd, (struct sockaddr *)a, &len) < 0)
		return err_sys(err, "cannot listen on port %d", ntohs(a->sin_port));
	return take_fd(&fd);
}

static int
serve_tcp(const char *address, struct err *err)
{
	__attribute__((cleanup(world_done))) struct world w = {.dir = -1};
	struct hub_spec spec = {.idle_s = 0};
	struct sockaddr_in a;
	cleanup_fd int listener = -1;
	char host[INET_ADDRSTRLEN];

	if (parse_address(address, &a, err) < 0 || open_world(&w, err) < 0)
		return -1;
	listener = listen_tcp(&a, err);
	if (listener < 0)
		return -1;
	inet_ntop(AF_INET, &a.sin_addr, host, sizeof host);
	printf("The hub of session '%s' is at http://%s:%d/ (Ctrl-C ends it).\n",
	    session_name(w.session), host, ntohs(a.sin_port));
	fflush(stdout);
	spec.store = w.store;
	spec.dir = w.dir;
	spec.listener = listener;
	return hub_serve(&spec, err);
}

/* ---- accounts
 * ----------------------------------------------------------------------------------- */

static int
add_account(const char *user, struct err *err)
{
	__attribute__((cleanup(world_done))) struct world w = {.dir = -1};
	char *password = NULL;
	char line[1024];

	if (isatty(STDIN_FILENO))
		password = getpass("Password: ");
	else if (fgets(line, sizeof line, stdin) != NULL)
		password = str_trim(line);
	if (password == NULL)
		return err_set(err, ERR_INPUT, "no password was given");
	if (open_world(&w, err) < 0 || hub_account_add(w.dir, user, password, err) < 0)
		return -1;
	printf("The hub has an account '%s' now: docker login -u %s\n", user, user);
	return 0;
}

static int
usage(FILE *out)
{
	fprintf(out,
	    "Usage:  drydock hub [--listen ADDRESS] | add USER\n\n"
	    "The hub that 'docker push' and 'docker pull' mean without a network.\n\n"
	    "  --listen ADDRESS  serve it over HTTP (default 127.0.0.1, a free port)\n"
	    "  add USER          make an account; the password is asked for\n");
	return out == stdout ? 0 : 2;
}

int
hub_main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int rc;

	if (argc == 2 && str_eq(argv[1], "--serve"))
		rc = serve_local(&err);
	else if (argc == 3 && str_eq(argv[1], "add"))
		rc = add_account(argv[2], &err);
	else if (argc == 1)
		rc = serve_tcp("127.0.0.1:0", &err);
	else if (argc == 3 && str_eq(argv[1], "--listen"))
		rc = serve_tcp(argv[2], &err);
	else
		return usage(argc == 2 && str_eq(argv[1], "--help") ? stdout : stderr);
	if (rc == 0)
		return 0;
	fprintf(stderr, "drydock hub: %s\n", err.text);
	return 1;
}
