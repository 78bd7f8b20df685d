/*
 * program.c - handing a command over to the program that has it
 */
#include "sandbox/docker/docker.h"
#include <stdlib.h>
#include <unistd.h>

int
docker_exec_program(const char *program, char **argv, struct err *err)
{
	cleanup_free char *path = proc_program(program, err);

	if (path == NULL)
		return -1;
	execv(path, argv);
	return err_sys(err, "cannot run %s", path);
}
