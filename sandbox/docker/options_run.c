/*
 * options_run.c - options of run and create
 *
 * Help texts are Docker's (docker/cli 28.2, cli/command/container/opts.go).  Rows
 * marked OPT_LATER are refused, those marked OPT_SAID have no effect and say so.
 */
#include "sandbox/docker/command.h"

/* clang-format off: a row a line reads better */
#define RUN_AND_CREATE \
	OPT("add-host", 0, OPT_LIST, "Add a custom host-to-IP mapping (host:ip)", \
	    .flags = OPT_LATER), \
	    OPT("annotation", 0, OPT_LIST, \
		"Add an annotation to the container (passed through to the OCI " \
		"runtime)", \
		.placeholder = "map", .flags = OPT_NOTHING), \
	    OPT("attach", 'a', OPT_LIST, "Attach to STDIN, STDOUT or STDERR", \
		.flags = OPT_LATER), \
	    OPT("cap-add", 0, OPT_LIST, "Add Linux capabilities", .flags = OPT_LATER), \
	    OPT("cap-drop", 0, OPT_LIST, "Drop Linux capabilities", .flags = OPT_SAID), \
	    OPT("cidfile", 0, OPT_STRING, "Write the container ID to the file"), \
	    OPT("cpus", 0, OPT_STRING, "Number of CPUs", .placeholder = "decimal", \
		.flags = OPT_SAID), \
	    OPT("device", 0, OPT_LIST, "Add a host device to the container", \
		.flags = OPT_LATER), \
	    OPT("dns", 0, OPT_LIST, "Set custom DNS servers", .flags = OPT_LATER), \
	    OPT("entrypoint", 0, OPT_STRING, \
		"Overwrite the default ENTRYPOINT of the image"), \
	    OPT("env", 'e', OPT_ENV, "Set environment variables"), \
	    OPT("env-file", 0, OPT_LIST, "Read in a file of environment variables"), \
	    OPT("expose", 0, OPT_LIST, "Expose a port or a range of ports"), \
	    OPT("gpus", 0, OPT_STRING, \
		"GPU devices to add to the container ('all' to pass all GPUs)", \
		.placeholder = "gpu-request", .flags = OPT_LATER), \
	    OPT("health-cmd", 0, OPT_STRING, "Command to run to check health", \
		.flags = OPT_SAID), \
	    OPT("health-interval", 0, OPT_STRING, \
		"Time between running the check (ms|s|m|h) (default 0s)", \
		.placeholder = "duration", .flags = OPT_SAID), \
	    OPT("hostname", 'h', OPT_STRING, "Container host name"), \
	    OPT("init", 0, OPT_BOOL, \
		"Run an init inside the container that forwards signals and reaps " \
		"processes"), \
	    OPT("interactive", 'i', OPT_BOOL, "Keep STDIN open even if not attached"), \
	    OPT("ip", 0, OPT_STRING, "IPv4 address (e.g., 172.30.100.104)", \
		.flags = OPT_LATER), \
	    OPT("label", 'l', OPT_LIST, "Set meta data on a container"), \
	    OPT("label-file", 0, OPT_LIST, "Read in a line delimited file of labels"), \
	    OPT("link", 0, OPT_LIST, "Add link to another container", \
		.flags = OPT_LATER), \
	    OPT("memory", 'm', OPT_STRING, "Memory limit", .placeholder = "bytes", \
		.flags = OPT_SAID), \
	    OPT("mount", 0, OPT_LIST, "Attach a filesystem mount to the container", \
		.placeholder = "mount"), \
	    OPT("name", 0, OPT_STRING, "Assign a name to the container"), \
	    OPT("network", 0, OPT_STRING, "Connect a container to a network", \
		.placeholder = "network"), \
	    OPT("net", 0, OPT_STRING, "Connect a container to a network", \
		.placeholder = "network", .flags = OPT_HIDDEN), \
	    OPT("network-alias", 0, OPT_LIST, \
		"Add network-scoped alias for the container", .flags = OPT_LATER), \
	    OPT("no-healthcheck", 0, OPT_BOOL, \
		"Disable any container-specified HEALTHCHECK", .flags = OPT_NOTHING), \
	    OPT("pid", 0, OPT_STRING, "PID namespace to use", .flags = OPT_LATER), \
	    OPT("pids-limit", 0, OPT_INT, \
		"Tune container pids limit (set -1 for unlimited)", .flags = OPT_SAID), \
	    OPT("platform", 0, OPT_STRING, \
		"Set platform if server is multi-platform capable", \
		.flags = OPT_NOTHING), \
	    OPT("privileged", 0, OPT_BOOL, "Give extended privileges to this container", \
		.flags = OPT_LATER), \
	    OPT("publish", 'p', OPT_LIST, "Publish a container's port(s) to the host"), \
	    OPT("publish-all", 'P', OPT_BOOL, \
		"Publish all exposed ports to random ports"), \
	    OPT("pull", 0, OPT_STRING, \
		"Pull image before " PULL_BEFORE \
		" (\"always\", \"missing\", \"never\")", \
		.initial = "missing"), \
	    OPT("quiet", 'q', OPT_BOOL, "Suppress the pull output"), \
	    OPT("read-only", 0, OPT_BOOL, \
		"Mount the container's root filesystem as read only"), \
	    OPT("restart", 0, OPT_STRING, \
		"Restart policy to apply when a container exits", .initial = "no"), \
	    OPT("rm", 0, OPT_BOOL, \
		"Automatically remove the container and its associated anonymous " \
		"volumes when it exits"), \
	    OPT("security-opt", 0, OPT_LIST, "Security Options", .flags = OPT_SAID), \
	    OPT("shm-size", 0, OPT_STRING, "Size of /dev/shm", .placeholder = "bytes", \
		.flags = OPT_SAID), \
	    OPT("stop-signal", 0, OPT_STRING, "Signal to stop the container"), \
	    OPT("stop-timeout", 0, OPT_INT, "Timeout (in seconds) to stop a container"), \
	    OPT("tmpfs", 0, OPT_LIST, "Mount a tmpfs directory"), \
	    OPT("tty", 't', OPT_BOOL, "Allocate a pseudo-TTY"), \
	    OPT("ulimit", 0, OPT_LIST, "Ulimit options", .placeholder = "ulimit", \
		.flags = OPT_SAID), \
	    OPT("user", 'u', OPT_STRING, \
		"Username or UID (format: <name|uid>[:<group|gid>])"), \
	    OPT("volume", 'v', OPT_LIST, "Bind mount a volume"), \
	    OPT("volumes-from", 0, OPT_LIST, \
		"Mount volumes from the specified container(s)", .flags = OPT_LATER), \
	    OPT("workdir", 'w', OPT_STRING, "Working directory inside the container")
/* clang-format on */

#define PULL_BEFORE "running"
const struct opt_row docker_run_options[] = {
    RUN_AND_CREATE,
    OPT("detach", 'd', OPT_BOOL, "Run container in background and print container ID"),
    OPT("detach-keys", 0, OPT_STRING,
	"Override the key sequence for detaching a container"),
    OPT("sig-proxy", 0, OPT_BOOL, "Proxy received signals to the process",
	.initial = "true"),
    OPT_END,
};
#undef PULL_BEFORE

#define PULL_BEFORE "creating"
const struct opt_row docker_create_options[] = {
    RUN_AND_CREATE,
    OPT_END,
};
