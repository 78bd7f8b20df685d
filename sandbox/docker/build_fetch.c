/*
 * build_fetch.c - ADD of an address: the program `fetch` brings the file
 *
 * A download of the client's, not of a step: RUN has no network by it.  Errors are worded
 * as BuildKit's HTTP source words them.
 */
#include "sandbox/docker/build_input.h"
#include "sandbox/fetch/fetch.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAID_MAX = 1 << 20 };

static int
word_failure(const char *url, const struct fetch_report *r, struct err *err)
{
	const char *host = strstr(url, "://");
	cleanup_free char *name = NULL;

	host = host != NULL ? host + 3 : url;
	name = xstrndup(host, strcspn(host, "/:?#"));
	if (r->kind == FETCH_GONE)
		return err_set(err, ERR_NOT_FOUND, "invalid response status 404");
	if (r->kind == FETCH_BAD)
		return err_set(err, ERR_CORRUPT, "digest mismatch: %s", r->text);
	if (strstr(r->text, "resolve host") != NULL)
		return err_set(err, ERR_SYS,
		    "Get \"%s\": dial tcp: lookup %s: no such host", url, name);
	if (strstr(r->text, "connect") != NULL)
		return err_set(err, ERR_SYS,
		    "Get \"%s\": dial tcp: connect: connection refused", url);
	return err_set(err, ERR_SYS, "Get \"%s\": %s", url, r->text);
}

/* The last line that the program wrote says how it went. */
static int
read_report(const char *url, char *said, struct err *err)
{
	struct fetch_report r;
	char *text = str_trim(said), *last = strrchr(text, '\n');

	if (fetch_report_parse(last != NULL ? last + 1 : text, &r, err) < 0)
		return -1;
	return r.what == FETCH_DONE ? 0 : word_failure(url, &r, err);
}

int
build_input_fetch(
    void *user, const char *url, const char *sha256, int *ret_fd, struct err *err)
{
	struct docker *d = user;
	cleanup_free char *dir = proc_exe_dir();
	cleanup_free char *program = xasprintf("%s/fetch", dir != NULL ? dir : ".");
	cleanup_buf struct buf said = BUF_INIT(SAID_MAX);
	char random[17];

	str_random_hex(random, 16);
	cleanup_free char *name = xasprintf("store/tmp/fetch-%s", random);
	cleanup_free char *dest = xasprintf("%s/%s", store_home(d->store), name);
	char *const argv[] = {program, (char *)url, (char *)"-",
	    (char *)(sha256 != NULL ? sha256 : "-"), dest, NULL};
	const struct proc_spec spec = {.argv = argv, .in = -1};

	/* the exit code says no more than the last line */
	if (proc_capture(&spec, &said, err) < 0)
		return -1;
	int rc = read_report(url, said.s, err);
	*ret_fd = rc < 0 ? -1 : open(dest, O_RDONLY | O_CLOEXEC);
	if (rc == 0 && *ret_fd < 0)
		rc = err_sys(err, "opening what came from %s", url);
	unlinkat(store_home_dir(d->store), name, 0);
	return rc;
}

int
build_input_pull(void *user, const char *canonical, struct err *err)
{
	return docker_pull_image(user, canonical, true, NULL, err);
}
