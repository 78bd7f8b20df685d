/*
 * added_wheels.c - wheels that the machine's package index has
 */
#include "sandbox/setup/added_private.h"
#include "sandbox/setup/progress.h"
#include "sandbox/setup/wheel.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define IMAGE "python:3.9-slim"

enum { REQUIREMENTS_MAX = 1 << 20, LOG_MAX = 16 << 20 };

/* pip's own settings that mean something elsewhere, too. */
static const char *const settings[] = {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES", "PIP_PRE"};
/* Where certificates of one's own are named. */
static const char *const certs[] = {"PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"};

/* An image's /etc/pip.conf says that there is no network: the machine's, or an empty one,
 * goes over it. */
static int
copy_settings(struct gather *g, struct err *err)
{
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME"),
		   *own = getenv("PIP_CONFIG_FILE"), *cert = NULL;
	cleanup_free char *config =
	    xdg != NULL ? xstrdup(xdg) : xasprintf("%s/.config", home ? home : "");
	cleanup_free char *user = xasprintf("%s/pip/pip.conf", config);
	cleanup_free char *old = xasprintf("%s/.pip/pip.conf", home ? home : "");
	const char *const files[][2] = {{"/etc/pip.conf", "root/etc/pip.conf"},
	    {"/etc/xdg/pip/pip.conf", "root/etc/xdg/pip/pip.conf"},
	    {user, "root/root/.config/pip/pip.conf"}, {old, "root/root/.pip/pip.conf"},
	    {own != NULL ? own : "", "root/tmp/pip.conf"}};

	if (gather_write(g, "root/etc/pip.conf", "", 0, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (gather_copy(g, files[i][0], files[i][1], err) < 0)
			return -1;
	if (own != NULL)
		gather_export(g, "PIP_CONFIG_FILE", "/tmp/pip.conf");
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		gather_export(g, settings[i], getenv(settings[i]));
	for (size_t i = 0; i < ARRAY_LEN(certs) && cert == NULL; i++)
		cert = getenv(certs[i]);
	if (cert == NULL)
		return 0;
	gather_export(g, "PIP_CERT", "/tmp/cert.pem");
	return gather_copy(g, cert, "root/tmp/cert.pem", err);
}

/* pip's words, as one error. */
static int
refuse(const struct buf *log, struct err *err)
{
	cleanup_free char *absent =
	    gather_said(log, "No matching distribution found for ");
	cleanup_free char *said = gather_said(log, "ERROR: ");
	bool unreached = strstr(log->s, "NewConnectionError") != NULL ||
			 strstr(log->s, "ConnectTimeoutError") != NULL ||
			 strstr(log->s, "ProxyError") != NULL;

	if (absent == NULL)
		return err_set(err, ERR_NOT_FOUND, "pip could not get it: %s",
		    said != NULL ? said : "it did not say why");
	err_set(err, ERR_NOT_FOUND, "%s cannot be had for %s: %s", absent, IMAGE,
	    unreached ? "this machine's package index cannot be reached"
		      : "this machine's package index does not have it");
	return err_hint(err, "pip's settings on this machine say which index is asked "
			     "(`pip config list`); nothing was added");
}

int
added_wheels(struct store *s, const char *requirements, struct err *err)
{
	static const char script[] =
	    "mkdir -p /out && pip wheel --no-cache-dir --disable-pip-version-check"
	    " --wheel-dir /out -r /tmp/requirements.txt\n";
	cleanup_gather struct gather g = {.store = s, .dir = -1};
	cleanup_buf struct buf text = BUF_INIT(REQUIREMENTS_MAX), log = BUF_INIT(LOG_MAX);
	cleanup_fd int debs = -1;

	if (fd_read_file(AT_FDCWD, requirements, &text, err) < 0 ||
	    gather_open(s, &g, err) < 0 || copy_settings(&g, err) < 0 ||
	    gather_write(&g, "root/tmp/requirements.txt", text.s, text.len, err) < 0)
		return -1;
	progress_say("asking the package index of this machine for %s", requirements);
	int code = gather_run(&g, IMAGE, script, &log, err);
	if (code != 0)
		return code < 0 ? -1 : refuse(&log, err);
	int taken = added_take(&g, ADDED_WHEELS, "wheels", ".whl", err);
	if (taken <= 0) {
		if (taken == 0)
			printf("All of it is there already.\n");
		return taken;
	}
	debs = openat(store_home_dir(s), "debs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return wheels_make(store_home_dir(s), debs, err);
}
