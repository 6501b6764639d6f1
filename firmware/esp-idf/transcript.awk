# Makes a transcript for `emu chip trace` of what sigrok's decoder saw on a bus:
#   sigrok-cli -i capture.sr -P i2c:scl=D0:sda=D1 -A i2c=addr-data | awk -f transcript.awk
# A line for each transfer: W or R, the address, the bytes that were acknowledged, NACK, and + where the bus stays held.

function end(held) {
  if (transfer != "") print transfer nack (held ? " +" : "")
  transfer = ""
  nack = ""
}

/ Start repeat$/ { end(1) }
/ Address (write|read): / { kind = $3 == "write:" ? "W" : "R"; transfer = kind " " $4; byte = "" }
/ Data (write|read): / { byte = " " $4 }
/ ACK$/ { transfer = transfer byte; byte = "" }
# The master does not acknowledge the last byte that it reads; what else is not acknowledged, the part has refused.
/ NACK$/ { if (kind == "R" && byte != "") transfer = transfer byte; else nack = " NACK"; byte = "" }
/ Stop$/ { end(0) }
