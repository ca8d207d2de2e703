"""How slices become series: order and place, time frames, reconstructions."""
