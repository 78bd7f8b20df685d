/*
 * login.c - docker login, docker logout
 *
 * Words: docker/cli, cli/command/registry.  A password is read without echo; whatever
 * ends us meanwhile, the terminal gets its echo back.
 */
#include "sandbox/docker/remote.h"
#include "sandbox/hub/hub.h"
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096 };

/* ---- asking ---------------------------------------------------------------------------
 */

static struct termios calm;

static void
calm_again(int signo)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &calm);
	_exit(128 + signo);
}

/* A line without its end; NULL at the end of the input.  Gives. */
static char *
read_line(void)
{
	char line[LINE_MAX_BYTES];

	if (fgets(line, sizeof line, stdin) == NULL)
		return NULL;
	return xstrdup(str_trim(line));
}

/* Key by key from a raw terminal: that mode, unlike a missing echo, also reaches a
 * terminal that is far away (sandbox.h's shim).  NULL: Ctrl-C or the end.  Gives. */
static char *
read_keys(const struct client *c)
{
	enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, DELETE = 127 };
	cleanup_buf struct buf b = BUF_INIT(LINE_MAX_BYTES);

	for (;;) {
		char key;

		client_reads(c, false);
		if (read(STDIN_FILENO, &key, 1) != 1 || key == CTRL_C ||
		    (key == CTRL_D && b.len == 0))
			return NULL;
		if (key == '\r' || key == '\n')
			return buf_take(&b);
		if (key != BACKSPACE && key != DELETE)
			buf_addc(&b, key);
		else if (b.len > 0)
			buf_cut(&b, b.len - 1);
	}
}

static char *
ask(struct docker *d, const char *prompt, bool secret)
{
	struct termios raw;
	char *answer;

	printf("%s", prompt);
	fflush(stdout);
	if (!secret || tcgetattr(STDIN_FILENO, &calm) < 0) {
		client_reads(&d->client, false);
		return read_line();
	}
	raw = calm;
	cfmakeraw(&raw);
	raw.c_oflag = calm.c_oflag;
	signal(SIGTERM, calm_again);
	signal(SIGHUP, calm_again);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	answer = read_keys(&d->client);
	tcsetattr(STDIN_FILENO, TCSANOW, &calm);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	printf("\n");
	return answer;
}

/* All of standard input, without line ends behind it. */
static int
read_password(struct docker *d, struct credentials *c, struct err *err)
{
	cleanup_buf struct buf b = BUF_INIT(LINE_MAX_BYTES);

	client_reads(&d->client, true);
	if (fd_slurp(STDIN_FILENO, "standard input", &b, err) < 0)
		return -1;
	while (b.len > 0 && strchr("\r\n", b.s[b.len - 1]) != NULL)
		buf_cut(&b, b.len - 1);
	c->password = buf_take(&b);
	return 0;
}

static int
ask_for(struct docker *d, const char *server, struct credentials *c, const char *before,
    struct err *err)
{
	cleanup_free char *prompt = NULL;

	if (!client_is_tty(&d->client, 'i') && (c->user == NULL || c->password == NULL))
		return err_set(err, ERR_INPUT,
		    "error: cannot perform an interactive login from a non-TTY device");
	if (c->user == NULL) {
		if (str_eq(server, AUTH_HUB))
			printf(
			    "Log in with your Docker ID or email address to push and "
			    "pull images from Docker Hub. If you don't have a Docker ID, "
			    "head over to https://hub.docker.com/ to create one.\n");
		prompt = before != NULL ? xasprintf("Username (%s): ", before)
					: xstrdup("Username: ");
		c->user = ask(d, prompt, false);
		if (c->user != NULL && *c->user == '\0' && before != NULL) {
			free(c->user);
			c->user = xstrdup(before);
		}
		if (c->user == NULL || *c->user == '\0')
			return err_set(
			    err, ERR_INPUT, "error: Non-null Username Required");
	}
	if (c->password == NULL) {
		c->password = ask(d, "Password: ", true);
		if (c->password == NULL || *c->password == '\0')
			return err_set(err, ERR_INPUT, "error: Password Required");
	}
	return 0;
}

/* ---- logging in -----------------------------------------------------------------------
 */

static int
try_login(struct docker *d, const char *domain, struct credentials *c, struct err *err)
{
	cleanup_registry struct registry *r = NULL;
	cleanup_free char *identity = NULL;

	if (remote_open(d, domain, c, &r, err) < 0 ||
	    registry_login(r, &identity, err) < 0)
		return -1;
	if (identity != NULL) {
		free(c->identity);
		c->identity = take_ptr(identity);
	}
	return 0;
}

/* In the hub in the box the first to come with a name has it: there is nobody to send a
 * confirmation by mail.  Said once, since the real one wants a sign-up before. */
static int
sign_up(
    struct docker *d, const char *domain, const struct credentials *c, struct err *err)
{
	const char *strict = getenv("DRYDOCK_STRICT");
	int dir = remote_hub(d, domain, err);

	if (dir < 0 || (strict != NULL && *strict != '\0'))
		return err->kind == ERR_NONE ? 0 : -1;
	if (hub_account_has(dir, c->user, err) != 0)
		return err->kind == ERR_NONE ? 0 : -1;
	if (hub_account_add(dir, c->user, c->password, err) < 0)
		return err_while(err, "the hub on this machine");
	fprintf(stderr,
	    "drydock: the hub on this machine has made the account '%s'. On Docker Hub "
	    "you "
	    "sign up first.\n",
	    c->user);
	return 0;
}

static int
keep(struct docker *d, const char *server, const struct credentials *c, struct err *err)
{
	cleanup_free char *plain = NULL;

	if (auth_put(&d->client, server, c, &plain, err) < 0)
		return err_while(err, "Error saving credentials");
	if (plain != NULL)
		fprintf(stderr,
		    "\nWARNING! Your credentials are stored unencrypted in '%s'.\n"
		    "Configure a credential helper to remove this warning. See\n"
		    "https://docs.docker.com/go/credential-store/\n\n",
		    plain);
	printf("Login Succeeded\n");
	return 0;
}

/* With what config.json has, when the command names nobody: 1 done, 0 ask. */
static int
try_kept(struct docker *d, const char *domain, const char *server,
    struct credentials *kept, struct err *err)
{
	if (auth_get(&d->client, server, kept, err) < 0)
		return -1;
	if (kept->user == NULL || opts_given(&d->opts, "username"))
		return 0;
	printf("Authenticating with existing credentials... [Username: %s]\n\n"
	       "Info → To login with a different account, run 'docker logout' "
	       "followed by 'docker login'\n\n\n",
	    kept->user);
	if (try_login(d, domain, kept, err) == 0)
		return keep(d, server, kept, err) < 0 ? -1 : 1;
	fprintf(stderr, "Login did not succeed, error: Error response from daemon: %s\n",
	    err->text);
	err_clear(err);
	return 0;
}

static const char *
check_options(const struct opts *o)
{
	const char *user = opts_str(o, "username"), *password = opts_str(o, "password");
	bool stdin_given = opts_on(o, "password-stdin");

	if (opts_given(o, "username") && *user == '\0')
		return "username is empty";
	if (opts_given(o, "password") && *password == '\0')
		return "password is empty";
	if (stdin_given && opts_given(o, "password"))
		return "conflicting options: cannot specify both --password and "
		       "--password-stdin";
	if (stdin_given && !opts_given(o, "username"))
		return "the --password-stdin option requires --username to be set";
	return NULL;
}

/* "https://reg.example.org/" -> "reg.example.org"; the Hub's many names -> "docker.io".
 */
static char *
domain_of(const char *server)
{
	const char *name = strstr(server, "://");
	cleanup_free char *domain = NULL;

	name = name != NULL ? name + 3 : server;
	domain = xstrndup(name, strcspn(name, "/"));
	if (str_eq(domain, "index.docker.io") || str_eq(domain, "registry-1.docker.io") ||
	    *domain == '\0')
		return xstrdup("docker.io");
	return take_ptr(domain);
}

static int
login(struct docker *d, const char *domain, const char *server, struct err *err)
{
	cleanup_credentials struct credentials kept = CREDENTIALS_INIT,
					       c = CREDENTIALS_INIT;
	const char *user = opts_str(&d->opts, "username"),
		   *password = opts_str(&d->opts, "password");
	int rc = try_kept(d, domain, server, &kept, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	c.user = user != NULL && *user != '\0' ? xstrdup(user) : NULL;
	c.password = password != NULL && *password != '\0' ? xstrdup(password) : NULL;
	if (c.password != NULL)
		fprintf(stderr, "WARNING! Using --password via the CLI is insecure. Use "
				"--password-stdin.\n");
	if (opts_on(&d->opts, "password-stdin") && read_password(d, &c, err) < 0)
		return -1;
	if (ask_for(d, server, &c, kept.user, err) < 0)
		return -1;
	if (sign_up(d, domain, &c, err) < 0)
		return -1;
	if (try_login(d, domain, &c, err) < 0)
		return err_while(err, "Error response from daemon");
	return keep(d, server, &c, err);
}

int
docker_login(struct docker *d)
{
	const char *wrong = check_options(&d->opts);
	cleanup_free char *domain =
	    domain_of(d->opts.nargs > 0 ? d->opts.args[0] : "docker.io");
	struct err err = ERR_INIT;

	if (wrong != NULL) {
		fprintf(stderr, "%s\n", wrong);
		return 1;
	}
	if (docker_session(d, &err) == NULL)
		return docker_failed(&err);
	return login(d, domain, auth_server(domain), &err) < 0 ? docker_failed(&err) : 0;
}

int
docker_logout(struct docker *d)
{
	cleanup_free char *domain =
	    domain_of(d->opts.nargs > 0 ? d->opts.args[0] : "docker.io");
	const char *server = auth_server(domain);
	struct err err = ERR_INIT;

	printf("Removing login credentials for %s\n", server);
	fflush(stdout);
	if (auth_erase(&d->client, server, &err) < 0)
		fprintf(stderr, "WARNING: could not erase credentials:\n%s: %s\n", server,
		    err.text);
	return 0;
}
