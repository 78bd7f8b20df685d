/*
 * program.c - handing a command over to the program that has it
 */
#include "sandbox/docker/docker.h"
#include <stdlib.h>
#include <unistd.h>

/* Where programs lie, seen from the folder of the running one: beside libexec/ (in
 * place), in bin/ (installed), or in libexec/drydock itself. */
static const char *const places[] = {
    "libexec/drydock",
    "../libexec/drydock",
    ".",
};
static const char *const everyday_places[] = {".", "../..", "../../bin"};

char *
docker_program(const char *program)
{
	cleanup_free char *here = proc_exe_dir();

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char *path = xasprintf("%s/%s/%s", here, places[i], program);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return xstrdup(program);
}

int
docker_exec_program(const char *program, char **argv, struct err *err)
{
	bool everyday = str_eq(program, "drydock");
	const char *const *list = everyday ? everyday_places : places;
	cleanup_free char *here = proc_exe_dir();

	for (size_t i = 0; i < 3; i++) {
		cleanup_free char *path = NULL;

		path = xasprintf("%s/%s/%s", here, list[i], program);
		execv(path, argv);
	}
	return err_set(err, ERR_UNSUPPORTED,
	    "the program '%s' is missing from this copy of Drydock (looked in %s)",
	    program, here);
}
