/*
 * main.c - the programs: one file, compiled once for each of them
 *
 * Drydock is several programs over one code base, so that each links only what its
 * commands need; the user types one name.  -DPROGRAM_x chooses whose rows of the
 * two tables keep their functions; a row of another program is run by exec of it.
 */
#ifdef PROGRAM_net
#include "sandbox/offline/offline.h"
#include "sandbox/uplink/uplink.h"
#include <stdlib.h>
#include <string.h>

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--relay") == 0)
		return offline_relay_main(atoi(argv[2]));
	return uplink_main(argc, argv);
}
#else
#include "sandbox/docker/docker.h"
#ifdef PROGRAM_fetch
#include "sandbox/fetch/fetch.h"
#endif
#ifdef PROGRAM_web
#include "sandbox/hub/hub.h"
#endif
#ifdef PROGRAM_learn
#include "src/shell/shell.h"
#endif
#ifdef PROGRAM_build
#include "sandbox/setup/setup.h"
#include "sandbox/store/store.h"
#include "src/doctor/doctor.h"
#endif
#include <stdio.h>

#ifdef PROGRAM_drydock
#define IN_drydock(function) function
#else
#define IN_drydock(function) NULL
#endif
#ifdef PROGRAM_build
#define IN_build(function) function
#else
#define IN_build(function) NULL
#endif
#ifdef PROGRAM_fetch
#define IN_fetch(function) function
#else
#define IN_fetch(function) NULL
#endif
#ifdef PROGRAM_web
#define IN_web(function) function
#else
#define IN_web(function) NULL
#endif
#ifdef PROGRAM_learn
#define IN_learn(function) function
#else
#define IN_learn(function) NULL
#endif

#define IN_every(function) function

static const struct docker_command docker_commands[] = {
#define COMMAND(program, function, ...) \
	{#program, IN_##program(function), function##_options, __VA_ARGS__},
#include "sandbox/docker/commands.def"
#undef COMMAND
    {.paths = NULL},
};

struct word {
	const char *program;
	int (*run)(int argc, char **argv);
	const char *name, *usage, *summary;
};

#ifdef PROGRAM_build
/* `build --unpack ID`: how store.h's store_load_image() gets a layer unpacked. */
static int
unpack_main(const char *id)
{
	cleanup_store struct store *store = NULL;
	struct err err = ERR_INIT;

	if (store_open(NULL, &store, &err) == 0 &&
	    store_unpack_image(store, id, &err) == 0)
		return 0;
	printf("%s\n", err.text);
	return 1;
}
#endif

#ifdef PROGRAM_drydock
static int
version_main(int argc, char **argv)
{
	(void)argc, (void)argv;
	printf("Drydock %s\n", VERSION);
	return 0;
}
#endif

/* In every program: the table says which of them runs the command. */
static int
docker_word(int argc, char **argv)
{
	(void)argc;
	return docker_main(docker_commands, argv - 1, 2);
}

static const struct word words[] = {
#define WORD(program, function, ...) {#program, IN_##program(function), __VA_ARGS__},
#include "src/main/commands.def"
#undef WORD
};

static const struct word *
find_word(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(words[i].name, name))
			return &words[i];
	return NULL;
}

static int
help(FILE *out)
{
	fprintf(out,
	    "Usage:  drydock [COMMAND]\n\nLearn Docker without Docker\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		fprintf(out, "  %-9s %s\n", words[i].name, words[i].summary);
	fprintf(
	    out, "\nWithout a command, or with the file of a lesson: 'drydock learn'.\n");
	return out == stdout ? 0 : 2;
}

static int
unknown(const char *name)
{
	fprintf(stderr, "drydock: unknown command: %s\n\n", name);
	return help(stderr);
}

/* "lessons/01.md", "3", "--here": an argument of learn, whose name may be left out. */
static bool
is_for_learn(const char *argument)
{
	uint64_t number;

	return str_ends(argument, ".md") || argument[0] == '-' ||
	       str_to_u64(argument, 9999, &number);
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "learn";
	const struct word *w;
	struct err err = ERR_INIT;
	bool named; /* else argv[1] is an argument of learn already */

#ifdef PROGRAM_build
	if (argc == 3 && str_eq(name, "--unpack"))
		return unpack_main(argv[2]);
#endif
#ifdef PROGRAM_fetch
	if (argc > 1 && str_eq(name, "--pull"))
		return docker_pull_main(argc - 1, argv + 1);
	/* without a word of ours: the engine's errand boy (fetch.h) */
	if (argc == 1 || strstr(name, "://") != NULL)
		return fetch_main(argc, argv);
#endif
	if (argc > 0 && str_eq(path_base(argv[0]), "docker"))
		return docker_main(docker_commands, argv, 1);
	if (str_eq(name, "--help") || str_eq(name, "-h") || str_eq(name, "help"))
		return help(stdout);
	if (str_eq(name, "--version"))
		name = "version";
	w = find_word(name);
	named = w != NULL && argc > 1;
	if (w == NULL && is_for_learn(name))
		w = find_word("learn");
	if (w == NULL)
		return unknown(name);
	if (w->run != NULL)
		return named ? w->run(argc - 1, argv + 1) : w->run(argc, argv);
	docker_exec_program(w->program, argv, &err);
	fprintf(stderr, "drydock: %s\n", err.text);
	return 1;
}
#endif
