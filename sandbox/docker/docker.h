/*
 * docker.h - the command line: what `docker ...` means
 *
 * The only place in the engine that prints.  Every command is a row of
 * commands.def, which names the program it lives in: a program is compiled with
 * only its own rows' functions (so that it links only what these need) and
 * hands the others over by exec.  One file a command, named after it.
 */
#ifndef DRYDOCK_DOCKER_H
#define DRYDOCK_DOCKER_H

#include "sandbox/base/base.h"
#include "sandbox/docker/client.h"
#include "sandbox/docker/opts.h"
#include "sandbox/session/session.h"

struct docker;

enum docker_group { DOCKER_COMMON, DOCKER_OTHER, DOCKER_MANAGEMENT, DOCKER_HIDDEN };

enum docker_flags {
	DOCKER_STOPS = 1,  /* the first argument ends the options */
	DOCKER_BUILDX = 2, /* usage and complaints are worded as buildx does */
	DOCKER_ROWS = 4,   /* looks at every container anyway (docker_rows) */
};

/* A row of commands.def. */
struct docker_command {
	const char *program; /* where it lives */
	int (*run)(
	    struct docker *d); /* NULL: in another program.  Returns the exit code */
	const struct opt_row *options;
	const char *paths; /* "container run|run": management form first */
	const char *usage; /* after the path: "[OPTIONS] IMAGE" */
	int min, max;      /* arguments; max -1: any number */
	unsigned flags;    /* enum docker_flags */
	enum docker_group group;
	const char *summary;
};

/* What a command works with. */
struct docker {
	const struct docker_command *commands; /* the table, ended by paths == NULL */
	const struct docker_command *command;  /* the row that is run */
	const char *path;                      /* as called: "run", "container run" */
	struct opts opts;
	struct client client;
	struct store *store;     /* see docker_session() */
	struct session *session; /* NULL until asked for */
};

/* Runs `docker ARGS...`.  argv[first] is the first word after "docker"; argv as a
 * whole goes to another program if the command lives there.  Returns the exit code. */
int docker_main(const struct docker_command *commands, char **argv, int first);

/* Replaces this process by libexec/drydock/PROGRAM (or the everyday program,
 * "drydock") with the same arguments.  Returns only on failure: -1. */
int docker_exec_program(const char *program, char **argv, struct err *err);

/* `fetch --pull REFERENCE quiet|loud PLATFORM`: how a program without a network gets an
 * image pulled; argv[0] is "--pull".  Progress goes to standard error, an error object to
 * standard output (err_recv).  Returns the exit code. */
int docker_pull_main(int argc, char **argv);

/* `drydock session list | new | rm | exec`: argv[0] is "session".  Prints; returns the
 * exit code. */
int docker_session_main(int argc, char **argv);

/* `drydock lint [--format text|json|sarif|ast] [FILE]`: argv[0] is "lint".  Prints;
 * returns 0 without warnings, 1 with, 2 when the file is no Dockerfile. */
int docker_lint_main(int argc, char **argv);

/* The commands and their options, see commands.def. */
#define COMMAND(program, function, ...) \
	int function(struct docker *d); \
	extern const struct opt_row function##_options[];
#include "sandbox/docker/commands.def"
#undef COMMAND

#endif
