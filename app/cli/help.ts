export const help = `strowger – a self-hosted office telephone exchange

  strowger start                run the exchange
  strowger edge                 run only its SIP server, for other drachtio applications

On the machine of a running exchange:

  strowger user add --name NAME --extension NUMBER
                    [--email ADDRESS] [--password PASSWORD] [--role user|supervisor|admin|owner]
                    [--mobile NUMBER] [--time-zone ZONE]
  strowger user list [--search TEXT]
  strowger device add --user EXTENSION --label LABEL [--kind desk|web|mobile] [--mac MAC] [--model MODEL]
  strowger device list [--user EXTENSION]

  --json                        prints the answer as JSON
  --help, --version

Configuration comes from strowger.yaml in the current directory and from STROWGER_* variables.
Exit codes: 0 done, 1 failed, 2 wrong usage.`
