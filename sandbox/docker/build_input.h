/*
 * build_input.h - what `docker build` reads before the build can start
 *
 * Private to the docker module.
 */
#ifndef DRYDOCK_DOCKER_BUILD_INPUT_H
#define DRYDOCK_DOCKER_BUILD_INPUT_H

#include "sandbox/build/build.h"
#include "sandbox/docker/command.h"
#include "sandbox/docker/untar.h"

enum { BUILD_INPUT_DOCKERFILE_MAX = 16 << 20, BUILD_INPUT_IGNORE_MAX = 4 << 20 };

/* What is read before the build can start. */
struct build_input {
	struct buf dockerfile, ignore, head;
	bool has_dockerfile, has_ignore;
	const char *name; /* of the Dockerfile, as shown */
	int context;
	struct untar_folder folder;          /* when the context came as a tar */
	struct vec tags, args, labels, anew; /* anew: --no-cache-filter */
	struct build_secret *secrets;        /* their strings are ours */
	size_t nsecrets;
	struct build_agent *agents; /* --ssh; theirs too */
	size_t nagents;
	enum build_output output;
	int output_fd; /* where it goes, or -1 */
};
#define BUILD_INPUT_INIT \
	{ \
		.dockerfile = BUF_INIT(BUILD_INPUT_DOCKERFILE_MAX), \
		.ignore = BUF_INIT(BUILD_INPUT_IGNORE_MAX), \
		.head = BUF_INIT(BUILD_INPUT_DOCKERFILE_MAX), .name = "Dockerfile", \
		.context = -1, .output_fd = -1, .folder = UNTAR_FOLDER_INIT, \
		.tags = VEC_INIT, .args = VEC_INIT, .labels = VEC_INIT, .anew = VEC_INIT \
	}

void build_input_done(struct build_input *in);

/* Tags, context, Dockerfile, .dockerignore and pairs, as the options say; the session is
 * open then.  *ret starts as BUILD_INPUT_INIT. */
int build_input_read(struct docker *d, struct build_input *ret, struct err *err);
/* The --secret options, appended to in's (build_secret.c); and their end. */
int build_input_secrets(struct docker *d, struct build_input *in, struct err *err);
/* The --ssh options (build_ssh.c); and their end. */
int build_input_ssh(struct docker *d, struct build_input *in, struct err *err);
void build_input_ssh_done(struct build_input *in);
/* -o (build_output.c). */
int build_input_output(struct docker *d, struct build_input *in, struct err *err);
void build_input_forget(struct build_input *in);
/* struct build_spec's fetch; user is the struct docker (build_fetch.c). */
/* Of struct build_spec: pulls without a word; user is the struct docker. */
int build_input_pull(void *user, const char *canonical, struct err *err);
int build_input_fetch(
    void *user, const char *url, const char *sha256, int *ret_fd, struct err *err);

#endif
