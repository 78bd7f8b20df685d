/*
 * calls.c - asks the kernel for what a container must not have, and says the answers
 *
 * One line a call: "NAME refused" (EPERM or ENOSYS) or "NAME reached" (any other answer,
 * also a complaint about the arguments: the kernel has then looked at them).
 */
#include <errno.h>
#include <linux/sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *name;
	long nr, a, b, c;
} calls[] = {
    {"userfaultfd", SYS_userfaultfd, 1, 0, 0}, /* for user mode only: needs no right */
    {"bpf", SYS_bpf, 9999, 0, 0},
    {"perf_event_open", SYS_perf_event_open, 0, 0, -1},
    {"keyctl", SYS_keyctl, 0, -3, 0}, /* KEYCTL_GET_KEYRING_ID, session */
    {"add_key", SYS_add_key, 0, 0, 0},
    {"request_key", SYS_request_key, 0, 0, 0},
    {"io_uring_setup", SYS_io_uring_setup, 0, 0, 0},
    {"clone3", SYS_clone3, 0, 0, 0},
    {"unshare", SYS_unshare, 0x10000000, 0, 0}, /* CLONE_NEWUSER */
    {"setns", SYS_setns, -1, 0, 0},
    {"mount", SYS_mount, 0, 0, 0},
    {"umount2", SYS_umount2, 0, 0, 0},
    {"pivot_root", SYS_pivot_root, 0, 0, 0},
    {"fsopen", SYS_fsopen, 0, 0, 0},
    {"open_tree", SYS_open_tree, -1, 0, 0},
    {"move_mount", SYS_move_mount, -1, 0, -1},
    {"open_by_handle_at", SYS_open_by_handle_at, -1, 0, 0},
    {"personality", SYS_personality, 0x0040000, 0, 0}, /* ADDR_NO_RANDOMIZE */
    {"kcmp", SYS_kcmp, 1, 1, 9999},
    {"process_madvise", SYS_process_madvise, -1, 0, 0},
    {"socket AF_ALG", SYS_socket, 38, SOCK_SEQPACKET, 0},
    {"socket AF_VSOCK", SYS_socket, 40, SOCK_STREAM, 0},
};

int
main(void)
{
	for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
		pid_t pid = fork(); /* each leaves the next one as it was */

		if (pid == 0) {
			long rc = syscall(
			    calls[i].nr, calls[i].a, calls[i].b, calls[i].c, 0, 0);
			int refused = rc == -1 && (errno == EPERM || errno == ENOSYS);

			printf("%s %s\n", calls[i].name, refused ? "refused" : "reached");
			fflush(stdout);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	return 0;
}
