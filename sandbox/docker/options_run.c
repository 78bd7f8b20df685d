/*
 * options_run.c - options of run and create
 *
 * Help texts are Docker's (docker/cli 28.2, cli/command/container/opts.go).  Rows
 * marked OPT_LATER are refused, those marked OPT_SAID have no effect and say so.
 */
#include "sandbox/docker/command.h"

#define CGROUPNS_HELP \
	"Cgroup namespace to use (host|private)\n'host':    Run the container in the " \
	"Docker host's cgroup namespace\n'private': Run the container in its own " \
	"private cgroup namespace\n'':        Use the cgroup namespace as configured " \
	"by the\n           default-cgroupns-mode option on the daemon (default)"

/* clang-format off: a row a line reads better */
#define RUN_AND_CREATE \
	OPT("add-host", 0, OPT_LIST, "Add a custom host-to-IP mapping (host:ip)"), \
	    OPT("annotation", 0, OPT_LIST, \
		"Add an annotation to the container (passed through to the OCI " \
		"runtime)", \
		.placeholder = "map", .initial = "map[]"), \
	    OPT("attach", 'a', OPT_LIST, "Attach to STDIN, STDOUT or STDERR", \
		.check = opts_check_attach), \
	    OPT("blkio-weight", 0, OPT_INT, \
		"Block IO (relative weight), between 10 and 1000, or 0 to disable " \
		"(default 0)", \
		.placeholder = "uint16", .flags = OPT_SAID), \
	    OPT("blkio-weight-device", 0, OPT_LIST, \
		"Block IO weight (relative device weight)", .initial = "[]", \
		.flags = OPT_SAID), \
	    OPT("cap-add", 0, OPT_LIST, "Add Linux capabilities"), \
	    OPT("cap-drop", 0, OPT_LIST, "Drop Linux capabilities"), \
	    OPT("cgroup-parent", 0, OPT_STRING, \
		"Optional parent cgroup for the container", .flags = OPT_SAID), \
	    OPT("cgroupns", 0, OPT_STRING, CGROUPNS_HELP, .flags = OPT_SAID), \
	    OPT("cidfile", 0, OPT_STRING, "Write the container ID to the file"), \
	    OPT("cpu-period", 0, OPT_INT, \
		"Limit CPU CFS (Completely Fair Scheduler) period"), \
	    OPT("cpu-quota", 0, OPT_INT, \
		"Limit CPU CFS (Completely Fair Scheduler) quota"), \
	    OPT("cpu-rt-period", 0, OPT_INT, \
		"Limit CPU real-time period in microseconds", .flags = OPT_SAID), \
	    OPT("cpu-rt-runtime", 0, OPT_INT, \
		"Limit CPU real-time runtime in microseconds", .flags = OPT_SAID), \
	    OPT("cpu-shares", 'c', OPT_INT, "CPU shares (relative weight)"), \
	    OPT("cpus", 0, OPT_STRING, "Number of CPUs", .placeholder = "decimal"), \
	    OPT("cpuset-cpus", 0, OPT_STRING, \
		"CPUs in which to allow execution (0-3, 0,1)"), \
	    OPT("cpuset-mems", 0, OPT_STRING, \
		"MEMs in which to allow execution (0-3, 0,1)", .flags = OPT_SAID), \
	    OPT("device", 0, OPT_LIST, "Add a host device to the container"), \
	    OPT("device-cgroup-rule", 0, OPT_LIST, \
		"Add a rule to the cgroup allowed devices list", .flags = OPT_SAID), \
	    OPT("device-read-bps", 0, OPT_LIST, \
		"Limit read rate (bytes per second) from a device", .initial = "[]", \
		.flags = OPT_SAID), \
	    OPT("device-read-iops", 0, OPT_LIST, \
		"Limit read rate (IO per second) from a device", .initial = "[]", \
		.flags = OPT_SAID), \
	    OPT("device-write-bps", 0, OPT_LIST, \
		"Limit write rate (bytes per second) to a device", .initial = "[]", \
		.flags = OPT_SAID), \
	    OPT("device-write-iops", 0, OPT_LIST, \
		"Limit write rate (IO per second) to a device", .initial = "[]", \
		.flags = OPT_SAID), \
	    OPT("disable-content-trust", 0, OPT_BOOL, "Skip image verification", \
		.initial = "true", .flags = OPT_NOTHING), \
	    OPT("dns", 0, OPT_LIST, "Set custom DNS servers"), \
	    OPT("dns-option", 0, OPT_LIST, "Set DNS options"), \
	    OPT("dns-opt", 0, OPT_LIST, "Set DNS options", .flags = OPT_HIDDEN), \
	    OPT("dns-search", 0, OPT_LIST, "Set custom DNS search domains"), \
	    OPT("domainname", 0, OPT_STRING, "Container NIS domain name"), \
	    OPT("entrypoint", 0, OPT_STRING, \
		"Overwrite the default ENTRYPOINT of the image"), \
	    OPT("env", 'e', OPT_ENV, "Set environment variables"), \
	    OPT("env-file", 0, OPT_LIST, "Read in a file of environment variables"), \
	    OPT("expose", 0, OPT_LIST, "Expose a port or a range of ports"), \
	    OPT("gpus", 0, OPT_STRING, \
		"GPU devices to add to the container ('all' to pass all GPUs)", \
		.placeholder = "gpu-request"), \
	    OPT("group-add", 0, OPT_LIST, "Add additional groups to join"), \
	    OPT("health-cmd", 0, OPT_STRING, "Command to run to check health"), \
	    OPT("health-interval", 0, OPT_DURATION, \
		"Time between running the check (ms|s|m|h)", .initial = "0s"), \
	    OPT("health-retries", 0, OPT_INT, \
		"Consecutive failures needed to report unhealthy"), \
	    OPT("health-start-interval", 0, OPT_DURATION, \
		"Time between running the check during the start period (ms|s|m|h)", \
		.initial = "0s"), \
	    OPT("health-start-period", 0, OPT_DURATION, \
		"Start period for the container to initialize before starting " \
		"health-retries countdown (ms|s|m|h)", \
		.initial = "0s"), \
	    OPT("health-timeout", 0, OPT_DURATION, \
		"Maximum time to allow one check to run (ms|s|m|h)", .initial = "0s"), \
	    OPT("hostname", 'h', OPT_STRING, "Container host name"), \
	    OPT("init", 0, OPT_BOOL, \
		"Run an init inside the container that forwards signals and reaps " \
		"processes"), \
	    OPT("interactive", 'i', OPT_BOOL, "Keep STDIN open even if not attached"), \
	    OPT("ip", 0, OPT_STRING, "IPv4 address (e.g., 172.30.100.104)"), \
	    OPT("ip6", 0, OPT_STRING, "IPv6 address (e.g., 2001:db8::33)"), \
	    OPT("ipc", 0, OPT_STRING, "IPC mode to use"), \
	    OPT("isolation", 0, OPT_STRING, "Container isolation technology"), \
	    OPT("label", 'l', OPT_LIST, "Set meta data on a container", \
		.check = opts_check_label), \
	    OPT("label-file", 0, OPT_LIST, "Read in a line delimited file of labels"), \
	    OPT("link", 0, OPT_LIST, "Add link to another container"), \
	    OPT("link-local-ip", 0, OPT_LIST, \
		"Container IPv4/IPv6 link-local addresses", .flags = OPT_SAID), \
	    OPT("log-driver", 0, OPT_STRING, "Logging driver for the container"), \
	    OPT("log-opt", 0, OPT_LIST, "Log driver options"), \
	    OPT("mac-address", 0, OPT_STRING, \
		"Container MAC address (e.g., 92:d0:c6:0a:29:33)"), \
	    OPT("memory", 'm', OPT_BYTES, "Memory limit"), \
	    OPT("memory-reservation", 0, OPT_BYTES, "Memory soft limit"), \
	    OPT("memory-swap", 0, OPT_STRING, \
		"Swap limit equal to memory plus swap: '-1' to enable unlimited swap", \
		.placeholder = "bytes"), \
	    OPT("memory-swappiness", 0, OPT_INT, \
		"Tune container memory swappiness (0 to 100)", .initial = "-1", \
		.flags = OPT_SAID), \
	    OPT("mount", 0, OPT_LIST, "Attach a filesystem mount to the container", \
		.placeholder = "mount"), \
	    OPT("name", 0, OPT_STRING, "Assign a name to the container"), \
	    OPT("network", 0, OPT_LIST, "Connect a container to a network", \
		.placeholder = "network"), \
	    OPT("net", 0, OPT_LIST, "Connect a container to a network", \
		.placeholder = "network", .flags = OPT_HIDDEN), \
	    OPT("network-alias", 0, OPT_LIST, \
		"Add network-scoped alias for the container"), \
	    OPT("net-alias", 0, OPT_LIST, "Add network-scoped alias for the container", \
		.flags = OPT_HIDDEN), \
	    OPT("no-healthcheck", 0, OPT_BOOL, \
		"Disable any container-specified HEALTHCHECK"), \
	    OPT("oom-kill-disable", 0, OPT_BOOL, "Disable OOM Killer", \
		.flags = OPT_SAID), \
	    OPT("oom-score-adj", 0, OPT_INT, \
		"Tune host's OOM preferences (-1000 to 1000)"), \
	    OPT("pid", 0, OPT_STRING, "PID namespace to use"), \
	    OPT("pids-limit", 0, OPT_INT, \
		"Tune container pids limit (set -1 for unlimited)"), \
	    OPT("platform", 0, OPT_STRING, \
		"Set platform if server is multi-platform capable"), \
	    OPT("privileged", 0, OPT_BOOL, \
		"Give extended privileges to this container"), \
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
	    OPT("runtime", 0, OPT_STRING, "Runtime to use for this container"), \
	    OPT("security-opt", 0, OPT_LIST, "Security Options"), \
	    OPT("shm-size", 0, OPT_BYTES, "Size of /dev/shm"), \
	    OPT("stop-signal", 0, OPT_STRING, "Signal to stop the container"), \
	    OPT("stop-timeout", 0, OPT_INT, "Timeout (in seconds) to stop a container"), \
	    OPT("storage-opt", 0, OPT_LIST, "Storage driver options for the container"), \
	    OPT("sysctl", 0, OPT_LIST, "Sysctl options", .placeholder = "map", \
		.initial = "map[]", .check = opts_check_sysctl), \
	    OPT("tmpfs", 0, OPT_LIST, "Mount a tmpfs directory"), \
	    OPT("tty", 't', OPT_BOOL, "Allocate a pseudo-TTY"), \
	    OPT("ulimit", 0, OPT_LIST, "Ulimit options", .placeholder = "ulimit", \
		.initial = "[]", .check = opts_check_ulimit), \
	    OPT("user", 'u', OPT_STRING, \
		"Username or UID (format: <name|uid>[:<group|gid>])"), \
	    OPT("userns", 0, OPT_STRING, "User namespace to use"), \
	    OPT("uts", 0, OPT_STRING, "UTS namespace to use"), \
	    OPT("volume", 'v', OPT_LIST, "Bind mount a volume"), \
	    OPT("volume-driver", 0, OPT_STRING, \
		"Optional volume driver for the container"), \
	    OPT("volumes-from", 0, OPT_LIST, \
		"Mount volumes from the specified container(s)"), \
	    OPT("workdir", 'w', OPT_STRING, "Working directory inside the container")
/* clang-format on */

#define PULL_BEFORE "running"
const struct opt_row docker_run_options[] = {
    RUN_AND_CREATE,
    OPT("explain", 0, OPT_BOOL, "Say what is done to start it, step by step",
	.flags = OPT_OWN),
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
