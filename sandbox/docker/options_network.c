/*
 * options_network.c - options of the network commands
 *
 * Help texts are Docker's (docker/cli 28.2, cli/command/network).
 */
#include "sandbox/docker/command.h"

#define STRINGS .placeholder = "strings"

const struct opt_row docker_network_connect_options[] = {
    OPT("alias", 0, OPT_LIST, "Add network-scoped alias for the container", STRINGS),
    OPT("driver-opt", 0, OPT_LIST, "driver options for the network", STRINGS,
	.flags = OPT_NOTHING),
    OPT("gw-priority", 0, OPT_INT,
	"Highest gw-priority provides the default gateway. Accepts positive and "
	"negative values.",
	.flags = OPT_LATER),
    OPT("ip", 0, OPT_STRING, "IPv4 address (e.g., \"172.30.100.104\")"),
    OPT("ip6", 0, OPT_STRING, "IPv6 address (e.g., \"2001:db8::33\")"),
    OPT("link", 0, OPT_LIST, "Add link to another container"),
    OPT("link-local-ip", 0, OPT_LIST, "Add a link-local address for the container",
	STRINGS, .flags = OPT_SAID),
    OPT_END,
};

const struct opt_row docker_network_create_options[] = {
    OPT("attachable", 0, OPT_BOOL, "Enable manual container attachment"),
    OPT("aux-address", 0, OPT_LIST,
	"Auxiliary IPv4 or IPv6 addresses used by Network driver", .placeholder = "map",
	.flags = OPT_LATER),
    OPT("config-from", 0, OPT_STRING, "The network from which to copy the configuration",
	.flags = OPT_LATER),
    OPT("config-only", 0, OPT_BOOL, "Create a configuration only network",
	.flags = OPT_LATER),
    OPT("driver", 'd', OPT_STRING, "Driver to manage the Network", .initial = "bridge"),
    OPT("gateway", 0, OPT_LIST, "IPv4 or IPv6 Gateway for the master subnet", STRINGS),
    OPT("ingress", 0, OPT_BOOL, "Create swarm routing-mesh network", .flags = OPT_LATER),
    OPT("internal", 0, OPT_BOOL, "Restrict external access to the network"),
    OPT("ip-range", 0, OPT_LIST, "Allocate container ip from a sub-range", STRINGS),
    OPT("ipam-driver", 0, OPT_STRING, "IP Address Management Driver",
	.initial = "default"),
    OPT("ipam-opt", 0, OPT_LIST, "Set IPAM driver specific options", .placeholder = "map",
	.flags = OPT_NOTHING),
    OPT("ipv4", 0, OPT_BOOL, "Enable or disable IPv4 address assignment",
	.initial = "true", .flags = OPT_NOTHING),
    OPT("ipv6", 0, OPT_BOOL, "Enable or disable IPv6 address assignment",
	.flags = OPT_SAID),
    OPT("label", 0, OPT_LIST, "Set metadata on a network"),
    OPT("opt", 'o', OPT_LIST, "Set driver specific options", .placeholder = "map"),
    OPT("scope", 0, OPT_STRING, "Control the network's scope", .flags = OPT_LATER),
    OPT("subnet", 0, OPT_LIST, "Subnet in CIDR format that represents a network segment",
	STRINGS),
    OPT_END,
};

const struct opt_row docker_network_disconnect_options[] = {
    OPT("force", 'f', OPT_BOOL, "Force the container to disconnect from a network"),
    OPT_END,
};

const struct opt_row docker_network_inspect_options[] = {
    OPT("format", 'f', OPT_STRING, INSPECT_FORMAT_HELP),
    OPT("verbose", 'v', OPT_BOOL, "Verbose output for diagnostics", .flags = OPT_NOTHING),
    OPT_END,
};

const struct opt_row docker_network_ls_options[] = {
    OPT("filter", 'f', OPT_FILTER, "Provide filter values (e.g. \"driver=bridge\")"),
    OPT("format", 0, OPT_STRING, FORMAT_HELP),
    OPT("no-trunc", 0, OPT_BOOL, "Do not truncate the output"),
    OPT("quiet", 'q', OPT_BOOL, "Only display network IDs"),
    OPT_END,
};

const struct opt_row docker_network_prune_options[] = {
    OPT("filter", 0, OPT_FILTER, "Provide filter values (e.g. \"until=<timestamp>\")"),
    OPT("force", 'f', OPT_BOOL, "Do not prompt for confirmation"),
    OPT_END,
};

const struct opt_row docker_network_rm_options[] = {
    OPT("force", 'f', OPT_BOOL, "Do not error if the network does not exist"),
    OPT_END,
};
