/*
 * authfile.c - credentials in config.json, or with a helper
 *
 * Facts: docker/cli, cli/config/configfile and docker-credential-helpers.  Written by a
 * temporary name and a rename, 0600, indented by tabs; what we do not know stays.
 * Helpers are programs of the user's: they run only where the command's files are the
 * host's, never for a workstation.
 */
#include "sandbox/docker/authfile.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 1 << 20 };

void
credentials_done(struct credentials *c)
{
	if (c->password != NULL)
		explicit_bzero(c->password, strlen(c->password));
	free(c->user);
	free(c->password);
	free(c->identity);
	*c = (struct credentials)CREDENTIALS_INIT;
}

const char *
auth_server(const char *domain)
{
	return str_eq(domain, "docker.io") ? AUTH_HUB : domain;
}

/* ---- the file ------------------------------------------------------------------------
 */

static char *
folder_of(const struct client *c)
{
	const char *set = client_getenv(c, "DOCKER_CONFIG"),
		   *home = client_getenv(c, "HOME");

	if (set != NULL && *set != '\0')
		return client_path(c, set);
	return path_join(home != NULL && *home != '\0' ? home : "/", ".docker");
}

/* An empty object when there is none. */
static json_t *
read_config(const struct client *c, struct err *err)
{
	cleanup_free char *folder = folder_of(c),
			  *path = path_join(folder, "config.json");
	cleanup_buf struct buf b = BUF_INIT(FILE_MAX_BYTES);
	cleanup_fd int fd = client_open(c, path, O_RDONLY, 0);
	json_error_t why;
	json_t *j;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return json_object();
	if (fd < 0)
		return err_sys(err, "open %s", path), NULL;
	if (fd_slurp(fd, path, &b, err) < 0)
		return NULL;
	if (b.len == 0)
		return json_object();
	j = json_loadb(b.s, b.len, 0, &why);
	if (json_is_object(j))
		return j;
	json_decref(j);
	err_set(err, ERR_INPUT, "%s: %s", path, why.text);
	return NULL;
}

static int
make_folder(const struct client *c, const char *folder)
{
	cleanup_free char *parent = path_dir(folder);
	cleanup_fd int at = client_open(c, parent, O_RDONLY | O_DIRECTORY, 0);

	if (at < 0)
		return -1;
	return mkdirat(at, path_base(folder), 0700) < 0 && errno != EEXIST ? -1 : 0;
}

static int
write_as_owner(const struct client *c, const json_t *j, char **ret_path, struct err *err)
{
	cleanup_free char *folder = folder_of(c);
	cleanup_buf struct buf text = BUF_INIT(FILE_MAX_BYTES);
	cleanup_fd int at = -1;

	if (make_folder(c, folder) < 0)
		return err_sys(err, "mkdir %s", folder);
	at = client_open(c, folder, O_RDONLY | O_DIRECTORY, 0);
	json_add_tabbed(&text, j);
	if (at < 0)
		return err_sys(err, "open %s", folder);
	if (fd_write_file(at, "config.json", text.s, text.len, 0600, err) < 0)
		return -1;
	if (ret_path != NULL)
		*ret_path = path_join(folder, "config.json");
	return 0;
}

static int
write_config(const struct client *c, const json_t *j, char **ret_path, struct err *err)
{
	int rc;

	client_act(c, true);
	rc = write_as_owner(c, j, ret_path, err);
	client_act(c, false);
	return rc;
}

/* ---- helpers --------------------------------------------------------------------------
 */

/* "docker-credential-NAME" for the server, or NULL.  Gives. */
static char *
helper_for(const struct client *c, const json_t *config, const char *server)
{
	const char *name =
	    json_get_str(json_object_get(config, "credHelpers"), server, NULL);

	if (name == NULL)
		name = json_get_str(config, "credsStore", NULL);
	if (name == NULL || *name == '\0' || c->root >= 0 || strchr(name, '/') != NULL)
		return NULL;
	return xasprintf("docker-credential-%s", name);
}

/* Runs it; what it prints is appended to out.  Its exit code, -1: it did not run. */
static int
run_helper(
    char *program, const char *verb, const char *input, struct buf *out, struct err *err)
{
	char *argv[] = {program, (char *)(uintptr_t)verb, NULL};
	cleanup_fd int in = memfd_create("credentials", MFD_CLOEXEC);
	struct proc_spec spec = {.argv = argv, .in = in};

	if (in < 0 || fd_write_all(in, input, strlen(input)) < 0 ||
	    lseek(in, 0, SEEK_SET) < 0)
		return err_sys(err, "cannot ask %s", program);
	return proc_capture(&spec, out, err);
}

static int
ask_helper(char *program, const char *server, struct credentials *ret, struct err *err)
{
	cleanup_buf struct buf out = BUF_INIT(FILE_MAX_BYTES);
	cleanup_json json_t *j = NULL;
	int code = run_helper(program, "get", server, &out, err);
	const char *user;

	if (code != 0)
		return code < 0 ? -1 : 0; /* it keeps none */
	j = json_loadb(out.s, out.len, 0, NULL);
	user = json_get_str(j, "Username", "");
	if (*user == '\0')
		return 0;
	ret->user = xstrdup(user);
	if (str_eq(user, "<token>"))
		ret->identity = xstrdup(json_get_str(j, "Secret", ""));
	else
		ret->password = xstrdup(json_get_str(j, "Secret", ""));
	return 0;
}

static int
tell_helper(
    char *program, const char *server, const struct credentials *what, struct err *err)
{
	cleanup_buf struct buf out = BUF_INIT(FILE_MAX_BYTES);
	bool token = what->identity != NULL;
	cleanup_json json_t *j = json_pack("{s:s, s:s, s:s}", "ServerURL", server,
	    "Username", token ? "<token>" : what->user, "Secret",
	    token ? what->identity : what->password);
	cleanup_free char *text = json_dumps(j, JSON_COMPACT);
	int code = run_helper(program, "store", text, &out, err);

	if (code > 0)
		err_set(err, ERR_SYS,
		    "error storing credentials - err: exit status %d, out: `%s`", code,
		    str_trim(out.s));
	return code == 0 ? 0 : -1;
}

/* ---- the questions --------------------------------------------------------------------
 */

static int
from_entry(
    const json_t *entry, const char *server, struct credentials *ret, struct err *err)
{
	cleanup_buf struct buf pair = BUF_INIT(FILE_MAX_BYTES);
	const char *auth = json_get_str(entry, "auth", ""),
		   *token = json_get_str(entry, "identitytoken", "");
	char *colon;

	if (*auth == '\0')
		return 0;
	colon = base64_decode(auth, &pair) ? strchr(pair.s, ':') : NULL;
	if (colon == NULL)
		return err_set(err, ERR_INPUT,
		    "invalid auth configuration file: the entry of %s", server);
	ret->user = xstrndup(pair.s, (size_t)(colon - pair.s));
	ret->password = xstrdup(colon + 1);
	if (*token != '\0')
		ret->identity = xstrdup(token);
	return 0;
}

int
auth_get(
    const struct client *c, const char *server, struct credentials *ret, struct err *err)
{
	const char *set = client_getenv(c, "DOCKER_AUTH_CONFIG");
	cleanup_json json_t *config = read_config(c, err);
	cleanup_json json_t *given =
	    set != NULL ? json_loads(set, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	cleanup_free char *helper = NULL;
	const json_t *entry = json_object_get(json_object_get(given, "auths"), server);

	credentials_done(ret);
	if (config == NULL)
		return -1;
	helper = helper_for(c, config, server);
	if (entry == NULL && helper != NULL)
		return ask_helper(helper, server, ret, err);
	if (entry == NULL)
		entry = json_object_get(json_object_get(config, "auths"), server);
	return from_entry(entry, server, ret, err);
}

int
auth_put(const struct client *c, const char *server, const struct credentials *what,
    char **ret_plain, struct err *err)
{
	cleanup_json json_t *config = read_config(c, err);
	cleanup_free char *helper = NULL, *pair = NULL, *code = NULL;
	json_t *auths, *entry;

	*ret_plain = NULL;
	if (config == NULL)
		return -1;
	helper = helper_for(c, config, server);
	if (helper != NULL && tell_helper(helper, server, what, err) < 0)
		return -1;
	auths = json_object_get(config, "auths");
	if (!json_is_object(auths))
		json_object_set_new(config, "auths", auths = json_object());
	entry = json_object();
	json_object_set_new(auths, server, entry);
	if (helper != NULL)
		return write_config(c, config, NULL, err);
	pair =
	    xasprintf("%s:%s", what->user, what->identity != NULL ? "" : what->password);
	code = base64_encode(pair, strlen(pair));
	json_object_set_new(entry, "auth", json_string(code));
	if (what->identity != NULL)
		json_object_set_new(entry, "identitytoken", json_string(what->identity));
	return write_config(c, config, ret_plain, err);
}

int
auth_erase(const struct client *c, const char *server, struct err *err)
{
	cleanup_json json_t *config = read_config(c, err);
	cleanup_free char *helper = NULL;
	cleanup_buf struct buf out = BUF_INIT(FILE_MAX_BYTES);

	if (config == NULL)
		return -1;
	helper = helper_for(c, config, server);
	if (helper != NULL && run_helper(helper, "erase", server, &out, err) < 0)
		return -1;
	if (json_object_del(json_object_get(config, "auths"), server) < 0)
		return 0;
	return write_config(c, config, NULL, err);
}
