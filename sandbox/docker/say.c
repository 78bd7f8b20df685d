/*
 * say.c - what went wrong, in Docker's frames
 */
#include "sandbox/docker/command.h"
#include <ctype.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

static void
say(const char *before, const struct err *err)
{
	const char *strict = getenv("DRYDOCK_STRICT");

	fflush(stdout);
	if (err->kind == ERR_EXIT)
		return;
	fprintf(stderr, "%s%s\n", before, err->text);
	if (err->hint[0] != '\0' && (strict == NULL || strict[0] == '\0'))
		fprintf(stderr, "%s\n", err->hint);
}

int
docker_refused(const struct err *err)
{
	say("Error response from daemon: ", err);
	return err->kind == ERR_EXIT ? err->sys : 1;
}

int
docker_failed(const struct err *err)
{
	say("", err);
	return err->kind == ERR_EXIT ? err->sys : 1;
}

static void
run_frame(const struct docker *d)
{
	fprintf(stderr, "\nRun 'docker %s --help' for more information\n", d->path);
}

/* docker/cli, run.go toStatusError(): by the text. */
static int
code_of(const char *text)
{
	if (strstr(text, "executable file not found") ||
	    strstr(text, "no such file or directory"))
		return 127;
	return strstr(text, "permission denied") || strstr(text, "is a directory") ? 126
										   : 125;
}

int
docker_run_stopped(const struct docker *d, const struct err *err)
{
	if (str_ends(d->path, "create"))
		return docker_failed(err);
	docker_run_failed(d, err);
	return code_of(err->text);
}

int
docker_run_refused(const struct docker *d, const struct err *err)
{
	if (str_ends(d->path, "create"))
		return docker_refused(err);
	say("docker: Error response from daemon: ", err);
	run_frame(d);
	return code_of(err->text);
}

int
docker_run_failed(const struct docker *d, const struct err *err)
{
	say("docker: ", err);
	run_frame(d);
	return 125;
}

const char *
docker_errno_text(int number)
{
	static char text[128];

	snprintf(text, sizeof text, "%s", strerror(number));
	text[0] = (char)tolower((unsigned char)text[0]);
	return text;
}

const char *
docker_architecture(void)
{
	static struct utsname u;
	static const struct {
		const char *kernel, *go;
	} names[] = {{"x86_64", "amd64"}, {"aarch64", "arm64"}, {"armv7l", "arm"},
	    {"i686", "386"}};

	uname(&u);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(u.machine, names[i].kernel))
			return names[i].go;
	return u.machine;
}

int
docker_print(const struct buf *b)
{
	fflush(stdout);
	return fd_write_all(STDOUT_FILENO, b->s, b->len) < 0;
}

int
docker_each(struct docker *d,
    int (*one)(struct docker *d, struct session *s, const char *name, struct err *err),
    bool forgive)
{
	cleanup_buf struct buf errors = BUF_INIT(BUF_OURS);
	struct err err = ERR_INIT;
	struct session *s = docker_session(d, &err);
	int code = 0;

	if (s == NULL)
		return docker_failed(&err);
	for (size_t i = 0; i < d->opts.nargs; i++) {
		const char *name = d->opts.args[i];

		err_clear(&err);
		if (one(d, s, name, &err) == 0) {
			printf("%s\n", name);
			fflush(stdout);
		} else if (forgive && err.kind == ERR_NOT_FOUND) {
			docker_refused(&err);
		} else {
			buf_addf(&errors, "Error response from daemon: %s\n", err.text);
			code = 1;
		}
	}
	fputs(errors.s, stderr);
	return code;
}
