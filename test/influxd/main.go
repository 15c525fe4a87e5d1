// Command influxd is the real InfluxDB 2 server, built as an ordinary dependency, for machines without containers.
package main

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/influxdata/influxdb/v2"
	"github.com/influxdata/influxdb/v2/cmd/influxd/launcher"
	_ "github.com/influxdata/influxdb/v2/tsdb/engine/tsm1"
	_ "github.com/influxdata/influxdb/v2/tsdb/index/tsi1"
	"github.com/spf13/viper"
)

// version is the one that go.mod requires; /health answers it.
func version() string {
	build, _ := debug.ReadBuildInfo()
	for _, module := range build.Deps {
		if module.Path == "github.com/influxdata/influxdb/v2" {
			return module.Version
		}
	}
	panic("built without modules")
}

func main() {
	influxdb.SetBuildInfo(version(), "test", "1970-01-01T00:00:00Z")
	command, err := launcher.NewInfluxdCommand(context.Background(), viper.New())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := command.Execute(); err != nil {
		os.Exit(1)
	}
}
