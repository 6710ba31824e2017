import java.util.LinkedHashMap;
import java.util.Map;
import net.coobird.thumbnailator.Thumbnails;
import net.coobird.thumbnailator.resizers.configurations.ScalingMode;

/** Thumbnailator: {@code Thumbnails.of(image).forceSize(w, h)} by itself and with each scaling mode. */
class ThumbnailatorMethods {
    static final Map<String, ResizeOracle.Method> METHODS = new LinkedHashMap<>();

    static {
        METHODS.put("thumbnailator.default", (s, h, w) -> Thumbnails.of(s).forceSize(w, h).asBufferedImage());
        add("bilinear", ScalingMode.BILINEAR);
        add("bicubic", ScalingMode.BICUBIC);
        add("progressive", ScalingMode.PROGRESSIVE_BILINEAR);
    }

    static void add(String name, ScalingMode mode) {
        METHODS.put("thumbnailator." + name, (s, h, w) -> Thumbnails.of(s).forceSize(w, h).scalingMode(mode).asBufferedImage());
    }
}
